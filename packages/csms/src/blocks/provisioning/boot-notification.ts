import type { Request } from '@busbar/ocpp';
import { type Inbound, receive } from '../../block.ts';
import { writeJob } from '../../core/job.ts';
import { writeBoot } from '../../core/station/tables.ts';
import type { StationTwin } from '../../core/twin.ts';
import { reportDeviceModelJob } from './report-device-model.ts';

export interface BootSettings {
  /** Told to accepted stations: how often to send a Heartbeat when there is nothing else to send. */
  readonly heartbeatIntervalSeconds: number;
  /** Told to the others: how long to wait before the next BootNotification. */
  readonly pendingIntervalSeconds: number;
}

/** B01 to B04 and 1.6 section 4.2: a station says who it is and is told whether it may take part. */
export function bootNotification(settings: BootSettings) {
  return [
    receive(['1.6'], 'BootNotification', {
      decide: (message) => answerBoot(message, fromOcpp16(message.payload), settings),
    }),
    receive(['2.0.1', '2.1'], 'BootNotification', {
      decide: (message) => answerBoot(message, fromOcpp2(message.payload), settings),
    }),
  ];
}

/** What a station says of itself when it starts. */
interface Boot {
  /** Absent in 1.6. */
  readonly reason: string | undefined;
  readonly vendor: string;
  readonly model: string;
  readonly serialNumber: string | undefined;
  readonly firmwareVersion: string | undefined;
  readonly modem: { readonly iccid?: string | undefined; readonly imsi?: string | undefined } | undefined;
}

function answerBoot({ station, receivedAt }: Inbound, boot: Boot, settings: BootSettings) {
  // B01.FR.02: the operator's decision is what the station is told.
  const registration = station.admission;
  const isAccepted = registration === 'Accepted';
  const at = receivedAt.toISOString();
  const { modem, ...told } = boot;
  const row = writeBoot({
    id: station.id,
    registration,
    version: station.version,
    vendor: boot.vendor,
    model: boot.model,
    serial_number: boot.serialNumber,
    firmware_version: boot.firmwareVersion,
    modem,
    boot_reason: boot.reason,
    booted_at: at,
  });
  return {
    answer: {
      status: registration,
      currentTime: at,
      interval: isAccepted ? settings.heartbeatIntervalSeconds : settings.pendingIntervalSeconds,
    },
    writes:
      isAccepted && isInventoryOutdated(station, boot)
        ? [row, askForDeviceModel(station, receivedAt)]
        : [row],
    events: [{ type: 'station.booted' as const, stationId: station.id, at, data: { registration, ...told } }],
    apply: () => {
      station.registration = registration;
      station.serialNumber = boot.serialNumber;
      // As the statement has it, so that it comes to the same in whatever order this and a report are applied.
      if (station.firmwareVersion !== boot.firmwareVersion) station.inventoryOf = undefined;
      station.firmwareVersion = boot.firmwareVersion;
    },
  };
}

/** B07.FR.14: the device model is asked for at first contact, and when another firmware may have changed it. */
function isInventoryOutdated(station: StationTwin, { firmwareVersion }: Boot): boolean {
  return station.inventoryOf !== (firmwareVersion ?? '');
}

function askForDeviceModel(station: StationTwin, now: Date) {
  return writeJob({ stationId: station.id, kind: reportDeviceModelJob, input: {}, now });
}

function fromOcpp16(payload: Request<'1.6', 'BootNotification'>): Boot {
  return {
    reason: undefined,
    vendor: payload.chargePointVendor,
    model: payload.chargePointModel,
    // The charge box is what earlier versions called the station; its number is deprecated since 1.6.
    serialNumber: payload.chargePointSerialNumber ?? payload.chargeBoxSerialNumber,
    firmwareVersion: payload.firmwareVersion,
    modem: modemOf(payload),
  };
}

function fromOcpp2({ chargingStation, reason }: Request<'2.0.1' | '2.1', 'BootNotification'>): Boot {
  return {
    reason,
    vendor: chargingStation.vendorName,
    model: chargingStation.model,
    serialNumber: chargingStation.serialNumber,
    firmwareVersion: chargingStation.firmwareVersion,
    modem: modemOf(chargingStation.modem ?? {}),
  };
}

function modemOf({ iccid, imsi }: { readonly iccid?: string; readonly imsi?: string }): Boot['modem'] {
  return iccid === undefined && imsi === undefined ? undefined : { iccid, imsi };
}

import { CallFailed } from '@busbar/ocpp';
import type {
  CommandOutcome,
  Commands,
  ReportBase,
  ResetKind,
  ResetOutcome,
  StartOutcome,
  StartRequest,
  TriggeredMessage,
  UnlockOutcome,
} from './commands.ts';
import type { Restart, StationCore } from './core.ts';
import type { DeviceModel } from './device-model/device-model.ts';
import type { Variable } from './device-model/variable.ts';
import type { Outgoing } from './dialect/dialect.ts';
import type { AvailabilityOutcome, AvailabilityTarget } from './evse/availability.ts';
import type { Evse } from './evse/evse.ts';
import type { Transaction } from './evse/transaction.ts';
import { LinkDown } from './link.ts';

const refused = { accepted: false };

/** What the CSMS asks for, done on one station. */
export class StationCommands implements Commands {
  readonly #core: StationCore;
  #isReporting = false;

  constructor(core: StationCore) {
    this.#core = core;
  }

  get deviceModel(): DeviceModel {
    return this.#core.model;
  }

  now(): number {
    return this.#core.now();
  }

  start(request: StartRequest): StartOutcome {
    if (this.#core.registration.status !== 'Accepted') return refused; // B02.FR.05
    const evse = this.#evseFor(request.evseId);
    if (!evse) return refused; // F01.FR.23, FR.24
    return {
      accepted: true,
      afterwards: () => void this.#start(evse, request),
      ...(evse.transaction && { transactionId: evse.transaction.id }),
    };
  }

  stop(which: (transaction: Transaction) => boolean): CommandOutcome {
    if (this.#core.registration.status !== 'Accepted') return refused; // B02.FR.05
    const evse = this.#core.evses.find(({ transaction }) => transaction && which(transaction));
    return evse ? { accepted: true, afterwards: () => evse.stopRemotely() } : refused; // F03.FR.07, FR.08
  }

  reset({ when, transactions, bootReason }: ResetKind): ResetOutcome {
    const restart: Restart = {
      bootReason,
      transactions: transactions === 'resume' ? 'resume' : { end: transactions, trigger: 'ResetCommand' },
      abrupt: false,
    };
    if (when === 'OnIdle' && this.#core.isCharging) {
      this.#core.pendingReset = { ...restart, bootReason: 'ScheduledReset' }; // B12.FR.01
      return { status: 'Scheduled' };
    }
    return { status: 'Accepted', afterwards: () => void this.#core.restart(restart) };
  }

  changeAvailability(target: AvailabilityTarget, operative: boolean): AvailabilityOutcome {
    return this.#core.availability.change(target, operative);
  }

  unlock(evseId: number, connectorId: number, ongoing: 'keep' | 'stop'): UnlockOutcome {
    const evse = this.#core.evses.find(({ id }) => id === evseId);
    if (!evse?.hasConnector(connectorId)) return { status: 'UnknownConnector' }; // F05.FR.03
    if (ongoing === 'stop') {
      return { status: 'Unlocked', afterwards: () => evse.endTransaction('UnlockCommand', 'UnlockCommand') };
    }
    const isOngoing = evse.transaction !== undefined && evse.authorization !== undefined;
    return { status: isOngoing ? 'OngoingAuthorizedTransaction' : 'Unlocked' }; // F05.FR.02, FR.06
  }

  clearCache(): 'Accepted' | 'Rejected' {
    return this.#core.authorizer.clear() ? 'Accepted' : 'Rejected';
  }

  isOngoing(transactionId: string): boolean {
    return this.#core.evses.some(({ transaction }) => transaction?.id === transactionId);
  }

  hasMessagesWaiting(transactionId?: string): boolean {
    const { delivery } = this.#core;
    return transactionId === undefined ? delivery.size > 0 : delivery.holds(transactionId);
  }

  trigger(message: TriggeredMessage, target: AvailabilityTarget): (() => void) | undefined {
    const core = this.#core;
    const evses = this.#targeted(target);
    if (evses.length === 0) return undefined;
    switch (message) {
      case 'BootNotification':
        // F06.FR.17
        return core.registration.status === 'Accepted' ? undefined : () => core.registration.triggered();
      case 'Heartbeat':
        return () => core.tell(core.dialect.heartbeat());
      case 'StatusNotification':
        return () => this.#tellStatuses(evses, target);
      case 'MeterValues':
        return () => {
          const wanted = core.settings.alignedMeasurands; // F06.FR.06
          for (const evse of evses)
            core.tell(core.dialect.meterValues(evse.id, evse.read('Trigger', wanted)));
        };
      case 'TransactionEvent':
        if (!evses.some(({ transaction }) => transaction)) return undefined;
        return () => {
          for (const evse of evses) evse.report('Trigger', core.settings.updatedMeasurands); // F06.FR.07
        };
      default:
        return message satisfies never;
    }
  }

  report(parts: Iterable<Outgoing<void>>): (() => void) | undefined {
    if (this.#isReporting) return undefined;
    this.#isReporting = true;
    return () => void this.#report(parts);
  }

  sendTriggered(message: Outgoing<void>): void {
    this.#core.tell(message);
  }

  variablesOf(base: ReportBase): readonly Variable[] {
    const { variables } = this.#core.model.shape;
    switch (base) {
      case 'FullInventory':
        return variables;
      case 'ConfigurationInventory':
        return variables.filter(({ mutability }) => mutability !== 'ReadOnly'); // B07.FR.07
      case 'SummaryInventory':
        return variables.filter(({ live }) => live === 'Available' || live === 'AvailabilityState'); // B07.FR.09
      default:
        return base satisfies never;
    }
  }

  async #start(evse: Evse, { idToken, remoteStartId }: StartRequest) {
    const core = this.#core;
    if (core.settings.authorizesRemoteStart) {
      const { status } = await core.authorizer.authorize(idToken); // F01.FR.01
      if (status !== 'Accepted' || evse.authorization) return;
    }
    evse.authorize({ idToken, ...(remoteStartId !== undefined && { remoteStartId }) });
  }

  async #report(parts: Iterable<Outgoing<void>>) {
    try {
      for (const part of parts) await this.#core.exchange(part);
    } catch (error) {
      // The rest of a report without one of its parts is of no use; the CSMS asks again.
      if (!(error instanceof CallFailed || error instanceof LinkDown)) throw error;
    } finally {
      this.#isReporting = false;
    }
  }

  /** The one that was asked for if it can be used; else one with a cable in it, else any (F01.FR.20). */
  #evseFor(evseId: number | undefined): Evse | undefined {
    const usable = this.#core.evses.filter(
      (evse) =>
        (evseId === undefined || evse.id === evseId) &&
        !evse.authorization &&
        !evse.fault &&
        evse.layout.connectors.some((_, index) => this.#core.availability.isOperative(evse.id, index + 1)),
    );
    return usable.find(({ isPlugged }) => isPlugged) ?? usable[0];
  }

  #targeted({ evseId, connectorId }: AvailabilityTarget): Evse[] {
    return this.#core.evses.filter(
      (evse) =>
        (evseId === undefined || evse.id === evseId) &&
        (connectorId === undefined || evse.hasConnector(connectorId)),
    );
  }

  #tellStatuses(evses: readonly Evse[], { evseId, connectorId }: AvailabilityTarget) {
    if (evseId === undefined) this.#core.statuses.station();
    for (const evse of evses) {
      const first = connectorId ?? 1;
      const last = connectorId ?? evse.layout.connectors.length;
      for (let id = first; id <= last; id++) this.#core.statuses.again(evse, id);
    }
  }
}

import type { DataType, Variable } from './variable.ts';

/** Parts of a real cabinet, as the standard's appendix names them: for a device model of a given size. */
const parts: readonly {
  component: string;
  variable: string;
  dataType: DataType;
  unit?: string;
  value: string;
}[] = [
  {
    component: 'TemperatureSensor',
    variable: 'Temperature',
    dataType: 'decimal',
    unit: 'Celsius',
    value: '31.5',
  },
  { component: 'TemperatureSensor', variable: 'Active', dataType: 'boolean', value: 'true' },
  { component: 'CoolingFan', variable: 'FanSpeed', dataType: 'decimal', unit: 'RPM', value: '1200' },
  { component: 'CoolingFan', variable: 'Problem', dataType: 'boolean', value: 'false' },
  { component: 'PowerContactor', variable: 'Tripped', dataType: 'boolean', value: 'false' },
  { component: 'PowerContactor', variable: 'Tries', dataType: 'integer', value: '0' },
  { component: 'RCD', variable: 'Operated', dataType: 'boolean', value: 'false' },
  { component: 'RCD', variable: 'Tripped', dataType: 'boolean', value: 'false' },
  { component: 'OverCurrentProtection', variable: 'ACCurrent', dataType: 'decimal', unit: 'A', value: '32' },
  { component: 'SurgeProtector', variable: 'Active', dataType: 'boolean', value: 'true' },
  { component: 'ElectricalFeed', variable: 'ACVoltage', dataType: 'decimal', unit: 'V', value: '230.4' },
  { component: 'ElectricalFeed', variable: 'Energy', dataType: 'decimal', unit: 'Wh', value: '1523000' },
  { component: 'HumiditySensor', variable: 'Humidity', dataType: 'decimal', unit: 'RH', value: '45' },
  { component: 'LightSensor', variable: 'Light', dataType: 'decimal', unit: 'lx', value: '300' },
  { component: 'AccessBarrier', variable: 'Active', dataType: 'boolean', value: 'false' },
  { component: 'Modem', variable: 'SignalStrength', dataType: 'decimal', unit: 'dBm', value: '-71' },
  { component: 'Modem', variable: 'NetworkAddress', dataType: 'string', value: '10.0.14.7' },
  { component: 'VehicleIdSensor', variable: 'Enabled', dataType: 'boolean', value: 'false' },
];

/** So many more variables: the parts above, numbered from the first of each kind on. */
export function hardwareVariables(count: number): Variable[] {
  return Array.from({ length: Math.max(0, count) }, (_, index): Variable => {
    const part = parts[index % parts.length];
    if (!part) throw new Error('there are no parts to number');
    const { component, variable, dataType, unit, value } = part;
    return {
      name: { component, componentInstance: String(Math.floor(index / parts.length) + 1), variable },
      dataType,
      mutability: 'ReadOnly',
      initial: value,
      ...(unit !== undefined && { unit }),
    };
  });
}

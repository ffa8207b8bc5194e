/** The types of event that the outbox carries; webhooks, the event stream and the console hear these. */
export const eventTypes = [
  'station.registered',
  'station.booted',
  'station.connected',
  'station.disconnected',
  'station.changed',
  'station.removed',
  'station.finding',
  'connector.status-changed',
  'device-model.reported',
  'device-model.changed',
  'transaction.started',
  'transaction.updated',
  'transaction.ended',
  'meter-values.received',
  'id-token.changed',
  'operation.changed',
  'message.quarantined',
] as const;

export type EventType = (typeof eventTypes)[number];

/** An event as a decision states it. It gets its position when the relay has seen its commit. */
export interface EventDraft {
  readonly type: EventType;
  readonly stationId?: string;
  /** UTC instant by our clock, ISO 8601. */
  readonly at: string;
  readonly data: object;
}

import type { Version } from '@busbar/ocpp';

let transactionId = 0;

/** An answer that is valid and says yes. */
export function floorAnswers(version: Version, action: string): object {
  switch (action) {
    case 'BootNotification':
      return { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
    case 'Heartbeat':
      return { currentTime: new Date().toISOString() };
    case 'Authorize':
      return version === '1.6'
        ? { idTagInfo: { status: 'Accepted' } }
        : { idTokenInfo: { status: 'Accepted' } };
    case 'StartTransaction':
      return { transactionId: ++transactionId, idTagInfo: { status: 'Accepted' } };
    default:
      return {};
  }
}

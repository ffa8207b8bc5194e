import { createOcppClient, OcppError, speaks } from '@busbar/ocpp';

const client = createOcppClient({
  url: `ws://localhost:${process.env.PORT ?? 9000}/ocpp`,
  identity: 'CS001',
  password: 'correct horse battery',
  versions: ['2.1'],
  onCall({ action }) {
    throw new OcppError('NotSupported', `${action} is not for this station`);
  },
});

const peer = await client.connect();
if (speaks(peer, '2.1')) {
  const chargingStation = { vendorName: 'Example', model: 'One' };
  const answer = await peer.call('BootNotification', { reason: 'PowerUp', chargingStation });
  console.log(`${answer.status}, heartbeat every ${answer.interval} s`);
}
await client.close();

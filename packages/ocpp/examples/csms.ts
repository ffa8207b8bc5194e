import { createServer } from 'node:http';
import { createOcppServer, isMessage, OcppError } from '@busbar/ocpp';

const ocpp = createOcppServer({
  authenticate: async ({ basic }) =>
    basic?.password.toString() === 'correct horse battery'
      ? { admit: true, state: undefined }
      : { admit: false, status: 401, reason: 'wrong password' },
  connected: ({ identity }) => ({
    onCall(call) {
      if (!isMessage(call, '2.1', 'BootNotification')) throw new OcppError('NotSupported', 'Only boots here');
      console.log(`${identity} boots: ${call.payload.chargingStation.model}`);
      return { currentTime: new Date().toISOString(), interval: 300, status: 'Accepted' };
    },
  }),
});

const http = createServer().on('upgrade', (request, socket, head) =>
  ocpp.handleUpgrade(request, socket, head),
);
http.listen(Number(process.env.PORT ?? 9000));

// What the machine that runs the tests has of time and of ports.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** As tests/rig/timing.py has it: STRIMS_TIME_FACTOR stretches every wait. @param {number} ms */
export const patience = (ms) => ms * Number(process.env.STRIMS_TIME_FACTOR ?? 1);

/** None that the system hands out by itself: somebody's connection could get it while the server is away. */
export async function freePort() {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  const end = Math.max(parseInt(range, 10), 20000);
  for (;;) {
    const port = 10000 + Math.floor(Math.random() * (end - 10000));
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
    } catch {
      continue;
    }
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

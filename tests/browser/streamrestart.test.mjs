// The server goes away while somebody watches, and comes back.
import { test } from 'node:test';
import { patience } from './lib/machine.mjs';
import { streamStage } from './lib/streamstage.mjs';
import { moves } from './lib/viewer.mjs';

const scene = streamStage();

/** The series in the name of a medium; nothing of anything else. @param {string} url */
const seriesOf = (url) => /\/(?:init|seg|part)-([0-9a-z]+)-[0-9.]+m(?:4s|p4)$/.exec(url)?.[1];

for (const record of [true, false]) {
  const how = record ? 'recorded' : 'not recorded';
  test(`the picture comes back by itself after a crash (${how})`, { timeout: patience(90000) }, async () => {
    const channel = await scene.channel(record ? 'una' : 'ulf', { record });
    await channel.start();
    const viewer = await scene.arrive({ path: `?channel=${channel.name}` });
    const media = (before = '') => viewer.page.waitForResponse(
      (response) => response.ok() && ![undefined, before].includes(seriesOf(response.url())), { timeout: patience(60000) });
    const before = seriesOf((await media()).url());
    await moves(viewer);
    await scene.server.kill();
    await channel.vanish();
    await scene.server.run();
    await channel.start();
    await media(before);
    await moves(viewer);
    await channel.end();
  });
}

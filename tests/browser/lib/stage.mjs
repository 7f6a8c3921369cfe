// What every test file needs: a running program and a browser, gone at the end.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { launch, Person } from './page.mjs';
import { Server } from './server.mjs';

/**
 * @param {() => Promise<any>} [open] starts what the people come to
 * @returns {{server: Server, arrive: (options?: object) => Promise<Person>,
 *   member: (name: string, role?: string) => Promise<Person>}}
 */
export function stage(open = () => Server.start()) {
  const scene = { people: [] };
  before(async () => {
    scene.server = await open();
    scene.browser = await launch();
  });
  after(async () => {
    await scene.browser?.close();
    await scene.server?.stop();
  });
  afterEach(async (context) => {
    if (context.passed === false) console.log(scene.server.log);
    const troubles = scene.people.flatMap((person) => person.troubles);
    for (const person of scene.people.splice(0)) await person.leave();
    assert.deepEqual(troubles, []);
  });
  scene.arrive = async (options) => {
    const person = await Person.arrive(scene.browser, scene.server.url, options);
    scene.people.push(person);
    return person;
  };
  /** Somebody with an account, logged in. */
  scene.member = async (name, role = 'user') => {
    await scene.server.createUser(name, role);
    const person = await scene.arrive();
    await person.logIn(name);
    return person;
  };
  return scene;
}

// Typed lines and the frames they stand for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLine } from '../../../src/web/pages/app/commands.js';

const cases = [
  ['hello', { say: 'hello' }],
  ['//shrug', { say: '/shrug' }],
  ['/me waves', { say: '/me waves' }],
  ['a\n/b', { say: 'a\n/b' }],
  ['/mute Ben', { frame: 'MUTE', data: { data: 'Ben' } }],
  ['/mute @Ben 10m', { frame: 'MUTE', data: { data: 'Ben', duration: 600e9 } }],
  ['/mute Ben 90', { frame: 'MUTE', data: { data: 'Ben', duration: 90e9 } }],
  ['/unmute Ben', { frame: 'UNMUTE', data: { data: 'Ben' } }],
  ['/ban Ben 1d spam and more',
    { frame: 'BAN', data: { nick: 'Ben', reason: 'spam and more', banip: false, duration: 86400e9 } }],
  ['/ban Ben spam', { frame: 'BAN', data: { nick: 'Ben', reason: 'spam', banip: false, duration: 0 } }],
  ['/ipban Ben perm spam', { frame: 'BAN', data: { nick: 'Ben', reason: 'spam', ispermanent: true, banip: true } }],
  ['/unban Ben', { frame: 'UNBAN', data: { data: 'Ben' } }],
  ['/subonly on 3', { frame: 'SUBONLY', data: { data: 'on', tier: 3 } }],
  ['/subonly off', { frame: 'SUBONLY', data: { data: 'off' } }],
  ['/pin a  b', { frame: 'PIN', data: { data: 'a  b' } }],
  ['/unpin', { frame: 'PIN', data: { data: '' } }],
  ['/broadcast hi', { frame: 'BROADCAST', data: { data: 'hi' } }],
  ['/addphrase buy gold', { frame: 'ADDPHRASE', data: { data: 'buy gold' } }],
  ['/removephrase buy gold', { frame: 'REMOVEPHRASE', data: { data: 'buy gold' } }],
  ['/die', { frame: 'DIE', data: { data: '' } }],
  ['/stoppoll', { frame: 'STOPPOLL', data: {} }],
  ['/vote Tea?',
    { frame: 'STARTPOLL', data: { weighted: false, time: 30000, question: 'Tea?', options: ['Yes', 'No'] } }],
  ['/poll Tea? Green or Black or no tea 2m',
    { frame: 'STARTPOLL', data: { weighted: false, time: 120000, question: 'Tea?', options: ['Green', 'Black', 'no tea'] } }],
  ['/spoll Long? Yes or No 2h',
    { frame: 'STARTPOLL', data: { weighted: true, time: 600000, question: 'Long?', options: ['Yes', 'No'] } }],
  ['/w Ben psst there', { local: 'whisper', argument: 'Ben psst there' }],
  ['/help', { local: 'help', argument: '' }],
];

for (const [typed, meaning] of cases) {
  test(`${JSON.stringify(typed)}`, () => assert.deepEqual(readLine(typed), meaning));
}

for (const typed of ['/mute', '/mute Ben soon', '/ban Ben', '/ban Ben 1d', '/ban', '/poll no question',
  '/poll Tea? only', '/subonly', '/subonly on 9', '/pin', '/msg', '/me', '/nosuch']) {
  test(`${typed} is wrong`, () => assert.ok('wrong' in readLine(typed)));
}

// The left side of the page: the picture or a list, depending on the address; and the way from one to the other without
// a reload, so that the chat stays.
import { byId } from '../dom.js';
import { notify } from '../notices.js';
import { Controls } from './controls.js';
import { DirectoryView } from './directory.js';
import { GoLiveView } from './golive.js';
import { forgetKeys } from './keybox.js';
import { listenToKeys } from './keyboard.js';
import { loadHls } from './loader.js';
import { OwnChannels } from './own.js';
import { PlacesBar } from './placesbar.js';
import { addressOf, homeOf, isChatOnly, placeOf } from './places.js';
import { Player } from './player.js';
import { ReplayView } from './replayview.js';
import { Streams } from './streams.js';
import { VideoView } from './video.js';
import { VideosView } from './videos.js';
import { WatchView } from './watch.js';

/** @typedef {import('./types.js').Place} Place */

/**
 * What the places need of the page.
 * @typedef {object} Scene
 * @property {Streams} streams
 * @property {Player} player
 * @property {OwnChannels} own
 * @property {ReplayView} replay
 * @property {HTMLElement} place        where a place draws itself
 * @property {import('../session.js').Session} session
 * @property {import('../room.js').Room} room
 * @property {(place: Place) => void} go
 * @property {(text: string) => void} say  to those who listen
 * @property {(text: string, kind?: 'error'|'good') => void} tell  to everybody, for a moment
 * @property {(title: string) => void} named
 * @property {(registering: boolean) => void} logIn
 * @property {() => boolean} hearsEvents is the chat connected?
 */

/**
 * @typedef {object} View
 * @property {string} title
 * @property {() => Promise<void>} open
 * @property {() => void} close
 * @property {() => void} [personChanged] somebody logged in or out; without it the place is opened anew
 */

/** @typedef {'chat'|'picture'|'list'} Layout the chat alone, or beside something */

const kLayout = 'strims.layout';  // what the start page was like
const kLayoutWithin = 800;  // ms that the page stays empty at most until it is known how it looks

export class VideoStage {
  #streams = new Streams();
  #box = byId('stage');
  #pane = byId('pane');
  /** @type {View|null} */ #view = null;
  /** @type {Place} */ #place = { name: 'home' };
  #chatOnly = isChatOnly(location.pathname);

  /**
   * @param {object} parts
   * @param {import('../socket.js').ChatSocket} parts.socket
   * @param {import('../session.js').Session} parts.session
   * @param {import('../room.js').Room} parts.room
   * @param {import('../panels.js').Panels} parts.panels
   * @param {import('../attention.js').Attention} parts.attention
   * @param {import('../text.js').TextContext} parts.context
   * @param {(registering: boolean) => void} parts.logIn
   */
  constructor({ socket, session, room, panels, attention, context, logIn }) {
    this.panels = panels;
    this.attention = attention;
    const player = new Player();
    const controls = new Controls(player);
    listenToKeys(player, controls.screen);
    /** @type {Scene} */
    this.scene = {
      streams: this.#streams, player, own: new OwnChannels(session, room), session, room, logIn,
      replay: new ReplayView(byId('chat'), context),
      place: byId('place'),
      go: (place) => this.go(place),
      say: (text) => { byId('pane-status').textContent = text; },
      tell: notify,
      named: (title) => attention.named(`${title} · Strims`),
      hearsEvents: () => socket.live,
    };
    this.screen = controls.screen;
    this.bar = new PlacesBar(this.scene);
    if (this.#chatOnly) this.#layOut('chat');
    else this.#listen(socket, session);
  }

  /** @param {import('../socket.js').ChatSocket} socket @param {import('../session.js').Session} session */
  #listen(socket, session) {
    let connections = 0;
    socket.addEventListener('frame', (event) => {
      const { event: name, data } = /** @type {CustomEvent} */ (event).detail;
      if (name === 'STREAM') this.#streams.apply(data);
    });
    socket.addEventListener('status', () => {
      if (!socket.live) return;
      connections += 1;
      // Events were missed while the connection was away.
      if (connections > 1) void this.#streams.load();
    });
    session.addEventListener('changed', () => {
      this.scene.own.forget();
      forgetKeys();
      this.bar.draw();
      void this.#streams.load().then(() => {
        if (this.#view?.personChanged) this.#view.personChanged();  // a picture that moves goes on
        else this.#show(this.#place);
      });
    });
    this.#streams.addEventListener('change', () => {
      this.bar.draw();
      // The first channel of the site has just been made.
      if (!this.#view && this.#place.name === 'home') this.#show(this.#place);
    });
    addEventListener('popstate', () => this.#show(placeOf(location.pathname, location.search)));
    document.addEventListener('click', (event) => this.#clicked(event));
  }

  /** Called once who is here is known. */
  async start() {
    if (this.#chatOnly) return;
    const place = placeOf(location.pathname, location.search);
    const guess = place.name === 'home' ? localStorage.getItem(kLayout) : layoutOf(place);
    if (guess === 'picture' || guess === 'list') this.#layOut(guess);
    else setTimeout(() => { if (this.#box.dataset.layout === 'unknown') this.#layOut('chat'); }, kLayoutWithin);
    if (guess === 'picture') void loadHls();
    await this.#streams.load();
    this.bar.draw();
    this.#show(place);
  }

  /** @param {Place} place */
  go(place) {
    const address = addressOf(place);
    if (address !== location.pathname + location.search) history.pushState(null, '', address);
    this.#show(place);
    this.#pane.focus({ preventScroll: true });
  }

  /** @param {Place} place */
  #show(place) {
    this.#view?.close();
    this.#view = null;
    this.#place = place;
    const shown = place.name === 'home' ? homeOf(this.#streams.list()) : place;
    this.bar.mark(shown.name);
    this.scene.say('');
    this.scene.player.stop();
    this.scene.player.cover(null);
    const layout = layoutOf(shown);
    if (layout !== 'picture') this.screen.setTheatre(false);
    this.#layOut(layout);
    if (place.name === 'home') remember(layout);
    if (shown.name === 'home') {
      this.attention.named('Strims');
      return;
    }
    const view = this.#make(shown);
    this.#view = view;
    this.#pane.scrollTop = 0;
    this.scene.named(view.title);
    void view.open();
  }

  /** @param {Exclude<Place, {name: 'home'}>} place @returns {View} */
  #make(place) {
    switch (place.name) {
      case 'watch': return new WatchView(this.scene, place.channel);
      case 'videos': return new VideosView(this.scene, place.channel);
      case 'video': return new VideoView(this.scene, place.id);
      case 'golive': return new GoLiveView(this.scene, place.channel);
      default: return new DirectoryView(this.scene);
    }
  }

  /** @param {Layout} layout */
  #layOut(layout) {
    const width = layout === 'chat' ? 'chat' : 'wide';
    this.scene.player.show(layout === 'picture');
    this.#box.classList.toggle('browsing', layout === 'list');
    if (this.#box.dataset.layout === width) return;
    this.#box.dataset.layout = width;
    this.#pane.hidden = width === 'chat';
    this.panels.setCrowded(width === 'wide');
  }

  /** Links to other places of this page. @param {MouseEvent} event */
  #clicked(event) {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target.closest('a[data-place]') : null;
    if (!(target instanceof HTMLAnchorElement)) return;
    const address = new URL(target.href);
    event.preventDefault();
    this.go(placeOf(address.pathname, address.search));
  }
}

/** @param {Layout} layout */
function remember(layout) {
  if (layout === 'chat') localStorage.removeItem(kLayout);
  else localStorage.setItem(kLayout, layout);
}

/** @param {Place} place @returns {Layout} */
function layoutOf(place) {
  if (place.name === 'home') return 'chat';
  return place.name === 'watch' || place.name === 'video' ? 'picture' : 'list';
}

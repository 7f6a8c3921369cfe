// The running poll, above the log.
import { byId, h } from './dom.js';
import { countdown } from './time.js';

const kStayAfter = 8000;

/** Fires `vote` (detail: 1-based number) and `stop`. */
export class PollBar extends EventTarget {
  #box = byId('poll');
  /** @type {any} */ #timer;

  /** @param {import('./room.js').Poll|null} poll @param {boolean} mayStop */
  show(poll, mayStop) {
    clearInterval(this.#timer);
    this.#box.hidden = !poll;
    if (!poll) return;
    this.#draw(poll, mayStop);
    if (poll.over) this.#timer = setTimeout(() => this.show(null, false), kStayAfter);
    else this.#timer = setInterval(() => this.#tick(poll), 1000);
  }

  /** @param {import('./room.js').Poll} poll @param {boolean} mayStop */
  #draw(poll, mayStop) {
    const votes = poll.totals.reduce((sum, count) => sum + count, 0);
    const best = Math.max(...poll.totals, 1);
    const open = poll.canVote && poll.myVote === 0 && !poll.over;
    const focus = /** @type {HTMLElement|null} */ (document.activeElement?.closest('#poll .option'))?.dataset.option;
    const options = poll.options.map((text, index) => {
      const count = poll.totals[index] ?? 0;
      const share = votes > 0 ? Math.round((count / votes) * 100) : 0;
      const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
      bar.style.width = `${share}%`;
      const classes = ['option', poll.myVote === index + 1 ? 'mine' : '', poll.over && count === best ? 'winner' : ''];
      return h('li', {}, h('button', {
        type: 'button', class: classes.filter(Boolean).join(' '), data: { option: index + 1 },
        'aria-disabled': String(!open), 'aria-pressed': String(poll.myVote === index + 1),
        on: { click: () => open && this.dispatchEvent(new CustomEvent('vote', { detail: index + 1 })) },
      }, bar, h('span', { class: 'option-text' }, text), h('span', { class: 'share' }, `${share}% (${count})`)));
    });
    this.#box.replaceChildren(
      h('div', { class: 'poll-head' },
        h('h2', {}, poll.question),
        h('span', { class: 'note', id: 'poll-left' }, this.#left(poll)),
        mayStop && !poll.over ? h('button', {
          type: 'button', class: 'quiet', on: { click: () => this.dispatchEvent(new Event('stop')) },
        }, 'End') : null),
      h('ul', { class: 'options' }, ...options),
      poll.weighted ? h('p', { class: 'note' }, 'Subscribers count for more in this poll.') : '');
    if (focus) /** @type {HTMLElement|null} */ (this.#box.querySelector(`[data-option="${focus}"]`))?.focus();
  }

  /** @param {import('./room.js').Poll} poll */
  #left(poll) {
    if (poll.over) return 'The poll is over';
    const seconds = (poll.endsAt - Date.now()) / 1000;
    return Number.isFinite(seconds) ? `${countdown(seconds)} left${poll.nick ? `, asked by ${poll.nick}` : ''}` : '';
  }

  /** @param {import('./room.js').Poll} poll */
  #tick(poll) {
    const left = document.getElementById('poll-left');
    if (left) left.textContent = this.#left(poll);
  }
}

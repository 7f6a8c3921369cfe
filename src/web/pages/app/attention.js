// The number in the window's title: what happened for the reader while he looked elsewhere.

export class Attention {
  #title = document.title;
  #calls = 0;
  #whispers = 0;

  constructor() {
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#calls = 0;
      this.#draw();
    });
  }

  /** What is shown on the page has this title. @param {string} title */
  named(title) {
    this.#title = title;
    this.#draw();
  }

  /** Somebody said the own name. */
  called() {
    if (document.visibilityState === 'visible') return;
    this.#calls += 1;
    this.#draw();
  }

  /** @param {number} unread */
  whispers(unread) {
    this.#whispers = unread;
    this.#draw();
  }

  #draw() {
    const count = this.#calls + this.#whispers;
    document.title = count > 0 ? `(${count}) ${this.#title}` : this.#title;
  }
}

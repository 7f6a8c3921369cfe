// The keys of the player, while nobody writes.
import { focusOf, keyAction } from './keys.js';

/**
 * @param {import('./player.js').Player} player
 * @param {import('./screen.js').Screen} screen
 */
export function listenToKeys(player, screen) {
  addEventListener('keydown', (event) => {
    if (player.box.hidden || event.defaultPrevented) return;
    const action = keyAction(event, focusOf(document.activeElement));
    if (!action || (action !== 'leave' && action !== 'theatre' && !player.loaded)) return;
    if (action === 'leave') {
      if (!screen.theatre) return;
      screen.setTheatre(false);
    } else if (action === 'toggle') player.toggle();
    else if (action === 'mute') player.setMuted(!player.muted);
    else if (action === 'full') screen.toggleFull();
    else if (action === 'theatre') screen.setTheatre(!screen.theatre);
    else player.step(action === 'back' ? -1 : 1);
    event.preventDefault();
  });
}

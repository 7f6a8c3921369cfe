// The shapes that the modules hand to each other. Types only, for editors and `tsc --checkJs`.

/**
 * A person, as the chat frames describe one.
 * @typedef {object} User
 * @property {number} id
 * @property {string} nick
 * @property {string[]} features
 * @property {string[]} [roles]
 * @property {string} [createdDate]
 */

/**
 * One line of the log.
 * @typedef {object} Line
 * @property {'message'|'broadcast'|'info'|'paid'|'gap'|'local'} kind
 * @property {string} key        unique on the page
 * @property {number} seq        number in the journal; 0 for lines of the page itself
 * @property {string} [id]        what REST calls it
 * @property {number} at         ms since the epoch
 * @property {User|null} user    who said it
 * @property {string} text
 * @property {string} [mark]     what kind of information: "mute", "ban", ... (class name)
 * @property {string} [hidden]   why it is collapsed, "" or absent when it is not
 * @property {boolean} [deleted] the words are gone for good
 */

/**
 * An own message that the server has not confirmed yet.
 * @typedef {object} Pending
 * @property {string} nonce
 * @property {string} text
 * @property {number} at
 * @property {'waiting'|'sent'|'failed'} state
 * @property {number} tries
 * @property {number} seq     from the receipt, 0 before
 * @property {boolean} echoed an own line with this text is on screen already
 * @property {string} reason  why it failed
 */

/**
 * @typedef {object} Emote
 * @property {string} prefix
 * @property {number} minimumSubTier
 * @property {boolean} [twitch]
 * @property {string|null} [creator]
 */

/**
 * @typedef {object} Flair
 * @property {string} name
 * @property {string} label
 * @property {boolean} hidden
 * @property {number} priority
 * @property {string} color
 */

export {};

/** Characters of a filename that the endpoint takes. */
const MAX_NAME_CHARACTERS = 255
/** Longer ones, with their dot, are no extensions. */
const MAX_EXTENSION_CHARACTERS = 20

/**
 * A file's name as the endpoint takes it: without control characters and broken characters, and shortened before its
 * extension.
 *
 * @param {string} name
 */
export function sendableName(name) {
  const characters = [...name.replace(/[\x00-\x1f\x7f\ufffd]|\p{Surrogate}/gu, '_')]
  if (characters.length <= MAX_NAME_CHARACTERS) return characters.join('')
  const dot = characters.lastIndexOf('.')
  const extension = dot > 0 && characters.length - dot <= MAX_EXTENSION_CHARACTERS ? characters.slice(dot) : []
  return [...characters.slice(0, MAX_NAME_CHARACTERS - extension.length), ...extension].join('')
}

/**
 * The filename at the end of a key, or undefined when the key has none. lambda/presigner/key.go encodes it: "_" is "__",
 * and other special characters are their code point between underscores.
 *
 * @param {string} key
 */
export function nameOfKey(key) {
  const encoded = /^\d+-(.+)$/.exec(lastSegment(key))?.[1]
  return encoded?.replaceAll(/__|_([0-9A-F]{1,6})_/g, (all, hex) => {
    if (!hex) return '_'
    const code = parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : all // no key of the endpoint has such a code
  })
}

/** @param {string} key */
export const lastSegment = (key) => key.slice(key.lastIndexOf('/') + 1)

import { lastSegment } from 'presigned-upload'

/** Files that one step back in time looks for. */
const WANTED = 50
/** Objects that a window should have: fewer than a page, or it is read again. */
const WANTED_OF_A_WINDOW = 500
/** Time that the first step covers, in milliseconds: a day. */
const FIRST_SPAN_MS = 24 * 3600 * 1000
/** Keys are times of 13 digits; an earlier one would have fewer, and sort elsewhere. Milliseconds since 1970. */
const FIRST_TIME = 10 ** 12

/**
 * @typedef {{key: string, size: number, uploaded: Date}} Stored
 * @typedef {{objects: Stored[], more: boolean}} Page of up to 1,000 objects, oldest first
 */

/**
 * The newest of the caller's objects, and step by step those before them.
 *
 * S3 lists the oldest first, but keys begin with their time in milliseconds, so a list can start at any time (`startAfter`).
 * If the first page is not everything, the newest are read by windows of time that go backwards. The
 * next window is longer if one has few objects; one with more than a page of them is read again from its middle. So a few
 * requests show the newest, however many objects there are.
 *
 * @param {(startAfter?: string) => Promise<Page>} readPage
 * @param {() => number} [now]
 */
export function newestFirst(readPage, now = Date.now) {
  /** @type {Map<string, Stored>} */
  let known = new Map()
  let prefix = ''
  let reached = Infinity // every object of this time and later is known
  let span = FIRST_SPAN_MS
  let tooMany = -Infinity // a page that started here, or before, would not reach to what is known

  /** @param {Stored[]} objects */
  const keep = (objects) => objects.forEach((one) => known.set(one.key, one))
  const complete = () => reached === 0

  /** One window back; gives the number of objects that are new. */
  async function step() {
    const to = Math.min(reached, now())
    if (to - tooMany <= 1) tooMany = -Infinity // nothing lies between
    const from = tooMany < to - span ? to - span : Math.max(tooMany + 1, Math.floor((tooMany + to) / 2))
    const isLast = from < FIRST_TIME
    // "_" sorts after the "-" before a filename: this follows all keys of the millisecond before.
    const page = await readPage(isLast ? undefined : `${prefix}${from - 1}_`)
    const last = page.more ? timeOf(page.objects[page.objects.length - 1].key) : Infinity
    if (last < to && to - from > 1) {
      tooMany = last
      return 0
    }
    const found = page.objects.filter(({ key }) => timeOf(key) < reached)
    keep(found)
    reached = isLast ? 0 : from
    span = Math.ceil((to - from) * Math.min(8, Math.max(0.5, WANTED_OF_A_WINDOW / found.length)))
    return found.length
  }

  return {
    complete,
    /** The newest first. */
    all: () => [...known.values()].sort((a, b) => timeOf(b.key) - timeOf(a.key) || (a.key < b.key ? 1 : -1)),

    /** Reads again from the start. */
    async read() {
      const page = await readPage()
      known = new Map()
      reached = Infinity
      span = FIRST_SPAN_MS
      tooMany = -Infinity
      if (!page.more) {
        keep(page.objects)
        reached = 0
        return
      }
      const [{ key }] = page.objects
      prefix = key.slice(0, key.length - lastSegment(key).length)
      await this.older()
    },

    /** Reads some that are older. */
    async older() {
      for (let found = 0; found < WANTED && !complete(); ) found += await step()
    },

    /** An object that was uploaded just now: nothing is listed again. @param {Stored} one */
    add: (one) => keep([one]),
    /** @param {string} key */
    remove: (key) => known.delete(key),
    clear() {
      known.clear()
      reached = Infinity
    },
  }
}

/** @param {string} key */
const timeOf = (key) => Number.parseInt(lastSegment(key), 10) || 0

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { newestFirst } from '../src/listing.js'
import { filesView } from '../src/files-view.js'
import { element, openPage, said, settle, text } from './dom.js'

const NOW = Date.UTC(2026, 10, 28)
const stored = (name, minutesAgo = 0, size = 1) => {
  const time = NOW - minutesAgo * 60_000
  return { key: `johndoe/${time}-${name.replaceAll(' ', '_20_')}`, size, uploaded: new Date(time) }
}

/** The table of these objects. `fail` has an error for the next read of the list; `keys` says what the actions were called with. */
function open(t, objects, { deletes = true, uploading = false } = {}) {
  const window = openPage()
  const results = []
  const keys = []
  const links = []
  const state = { failure: undefined, reads: 0 }
  const readPage = async (startAfter = '') => {
    state.reads++
    if (state.failure) throw state.failure
    const rest = objects.toSorted((a, b) => (a.key < b.key ? -1 : 1)).filter(({ key }) => key > startAfter)
    return { objects: rest.slice(0, 1000), more: rest.length > 1000 }
  }
  const files = {
    list: newestFirst(readPage, () => NOW),
    downloadUrl: async (key) => (keys.push(['download', key]), 'https://bucket/link'),
    content: async (key) => (keys.push(['content', key]), new Blob(['png'])),
    remove: deletes ? async (key) => void keys.push(['remove', key]) : undefined,
  }
  t.mock.method(window.HTMLAnchorElement.prototype, 'click', function () { links.push([this.getAttribute('href'), this.target, this.rel]) })
  const view = filesView(files, (error) => results.push(error?.message), () => uploading)
  return { window, view, results, keys, links, state, files }
}

const rows = () => [...element('files-table').tBodies[0].rows]
const names = () => rows().map((row) => row.querySelector('th').textContent)
const buttons = (row) => [...row.querySelectorAll('button')].map((one) => one.textContent)
const button = (words) => document.querySelector(`button[aria-label="${words}"]`)
const click = async (one) => (one.click(), settle())
async function choose(id, value, event) {
  element(id).value = value
  element(id).dispatchEvent(new window.Event(event))
}

describe('the table of files', () => {
  test('has the newest first, with name, size and time', async (t) => {
    const { view, results } = open(t, [stored('old.txt', 9), stored('new file.txt', 1, 2048), stored('middle.txt', 5)])
    assert.equal(element('files-table').hidden, true)
    await view.refresh()
    assert.deepEqual(names(), ['new file.txt', 'middle.txt', 'old.txt'])
    assert.deepEqual([element('files-table').hidden, element('find').hidden, element('more').hidden], [false, false, true])
    const [row] = rows()
    assert.equal(row.querySelector('th').scope, 'row')
    assert.match(row.querySelector('th').title, /^johndoe\/\d{13}-new_20_file\.txt$/)
    assert.equal(row.querySelector('.number').textContent, '2 KB')
    assert.equal(row.querySelector('time').dateTime, new Date(NOW - 60_000).toISOString())
    assert.match(row.querySelector('time').textContent, /2026/)
    assert.equal(row.querySelectorAll('bdi').length, 3)
    assert.deepEqual(buttons(row), ['Copy link', 'Download', 'Delete'])
    assert.equal(said('files-status'), '3 files')
    assert.deepEqual(results, [undefined])
  })

  test('without a file says so', async (t) => {
    const { view } = open(t, [])
    await view.refresh()
    assert.equal(said('files-status'), 'No files yet. What you upload appears here.')
    assert.deepEqual([element('files-table').hidden, element('find').hidden, element('more').hidden], [true, true, true])
  })

  test('of one file says "1 file", and offers no deletion where the stage has none', async (t) => {
    const { view } = open(t, [stored('a.png')], { deletes: false })
    await view.refresh()
    assert.equal(said('files-status'), '1 file')
    assert.deepEqual(buttons(rows()[0]), ['Preview', 'Copy link', 'Download'])
  })

  test('is ordered by name, with numbers as numbers, or by size', async (t) => {
    const { view } = open(t, [stored('b10.txt', 1, 5), stored('b9.txt', 2, 9), stored('a.txt', 3, 7)])
    await view.refresh()
    choose('order', 'name', 'change')
    assert.deepEqual(names(), ['a.txt', 'b9.txt', 'b10.txt'])
    choose('order', 'largest', 'change')
    assert.deepEqual(names(), ['b9.txt', 'a.txt', 'b10.txt'])
    choose('order', 'newest', 'change')
    assert.deepEqual(names(), ['b10.txt', 'b9.txt', 'a.txt'])
  })

  test('is searched in names, whatever their case', async (t) => {
    const { view } = open(t, [stored('Report.pdf'), stored('notes.txt', 1)])
    await view.refresh()
    choose('search', '  REPORT ', 'input')
    assert.deepEqual(names(), ['Report.pdf'])
    assert.equal(said('files-status'), '1 of 2 files')
    choose('search', 'nothing', 'input')
    assert.equal(said('files-status'), '0 of 2 files')
    assert.equal(element('files-table').hidden, true)
    assert.equal(element('find').hidden, false, 'the search stays, or nobody could end it')
    choose('search', '', 'input')
    assert.deepEqual(names(), ['Report.pdf', 'notes.txt'])
  })

  test('shows 50 rows, and 50 more on demand with the focus on the first new one', async (t) => {
    const { view, state } = open(t, Array.from({ length: 120 }, (_, i) => stored(`${i}.txt`, i)))
    await view.refresh()
    assert.equal(rows().length, 50)
    assert.deepEqual([element('more').hidden, text('more')], [false, 'Show more'])
    await click(element('more'))
    assert.equal(rows().length, 100)
    assert.equal(document.activeElement.getAttribute('aria-label'), 'Copy link: 50.txt')
    await click(element('more'))
    assert.equal(rows().length, 120)
    assert.equal(element('more').hidden, true)
    assert.equal(state.reads, 1)
  })

  test('of more than the list has read offers to look for older ones', async (t) => {
    const { view, state } = open(t, Array.from({ length: 2000 }, (_, i) => stored(`${i}.txt`, i * 60)))
    await view.refresh()
    const known = () => Number(/newest ([\d,]+) files/.exec(said('files-status'))[1].replace(',', ''))
    assert.match(said('files-status'), /^The newest \d+ files; there are older ones$/)
    const before = known()
    choose('search', '1999.txt', 'input')
    assert.equal(text('more'), 'Look for older files')
    assert.match(said('files-status'), /^0 of the newest \d+ files$/)
    const reads = state.reads
    await click(element('more'))
    assert.ok(state.reads > reads)
    choose('search', '', 'input')
    assert.ok(known() > before)
  })

  test('of thousands says their number with a comma', async (t) => {
    const { view, files } = open(t, Array.from({ length: 900 }, (_, i) => stored(`${i}.txt`, i)))
    await view.refresh()
    for (let i = 0; i < 600; i++) files.list.add(stored(`added ${i}.txt`, i))
    view.add(stored('last.txt'))
    assert.equal(said('files-status'), '1,501 files')
    choose('search', '.txt', 'input')
    assert.equal(said('files-status'), '1,501 of 1,501 files')
  })

  test('has an upload at once, without another list', async (t) => {
    const { view, state } = open(t, [stored('a.txt', 5)])
    await view.refresh()
    view.add(stored('b.txt'))
    assert.deepEqual(names(), ['b.txt', 'a.txt'])
    assert.equal(state.reads, 1)
  })

  test('is empty again for the next user', async (t) => {
    const { view } = open(t, Array.from({ length: 60 }, (_, i) => stored(`${i}.txt`, i)))
    await view.refresh()
    await click(element('more'))
    choose('search', '1', 'input')
    await click(button('Copy link: 1.txt'))
    view.clear()
    assert.deepEqual([rows().length, element('search').value, said('files-status'), said('files-note')], [0, '', undefined, undefined])
    assert.deepEqual([element('find').hidden, element('more').hidden], [true, true])
    await view.refresh()
    assert.equal(rows().length, 50)
  })
})

describe('while the list is read', () => {
  test('the page is busy, says so the first time, and Refresh reads it again', async (t) => {
    const { view, state } = open(t, [stored('a.txt')])
    const reading = view.refresh()
    assert.equal(said('files-status'), 'Loading your files…')
    const busy = () => [element('refresh').disabled, element('more').disabled, element('files').getAttribute('aria-busy')]
    assert.deepEqual(busy(), [true, true, 'true'])
    await reading
    assert.deepEqual(busy(), [false, false, null])
    element('refresh').click()
    assert.equal(said('files-status'), '1 file', 'what is known stays')
    await settle()
    assert.equal(state.reads, 2)
  })

  test('a failure is told, and goes when it works again', async (t) => {
    const { view, results, state } = open(t, [stored('a.txt')])
    state.failure = new Error('no')
    await view.refresh()
    assert.equal(said('files-status'), 'Your files could not be listed. Choose Refresh to try again.')
    assert.equal(element('refresh').disabled, false)
    state.failure = undefined
    await view.refresh()
    assert.equal(said('files-status'), '1 file')
    state.failure = new Error('again')
    await view.refresh()
    assert.equal(said('files-status'), '1 file', 'the files that are known stay')
    assert.deepEqual(results, ['no', undefined, 'again'])
  })
})

describe('a file of the table', () => {
  test('is downloaded by a link that opens in this tab', async (t) => {
    const { view, links, keys, results } = open(t, [stored('a.txt')])
    await view.refresh()
    await click(button('Download: a.txt'))
    assert.deepEqual(links, [['https://bucket/link', '', 'noopener noreferrer']])
    assert.deepEqual(keys, [['download', stored('a.txt').key]])
    assert.equal(text('live'), 'Downloading a.txt')
    assert.deepEqual(results, [undefined, undefined])
  })

  test('is downloaded in a tab of its own during an upload, which leaving the page would stop', async (t) => {
    const { view, links } = open(t, [stored('a.txt')], { uploading: true })
    await view.refresh()
    await click(button('Download: a.txt'))
    assert.deepEqual(links, [['https://bucket/link', '_blank', 'noopener noreferrer']])
  })

  test('has a link to copy', async (t) => {
    const { view } = open(t, [stored('a.txt')])
    const written = []
    globalThis.ClipboardItem = class {
      constructor(items) { Object.assign(this, { items }) }
    }
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { write: async ([item]) => written.push(await item.items['text/plain']) } })
    await view.refresh()
    await click(button('Copy link: a.txt'))
    assert.equal(await written[0].text(), 'https://bucket/link')
    assert.equal(written[0].type, 'text/plain')
    assert.equal(said('files-note'), 'The link to a.txt is copied. Whoever has it can download the file for five minutes.')
    await click(button('Download: a.txt'))
    assert.equal(said('files-note'), undefined, 'the next action begins without it')
  })

  test('does one thing at a time, and says why it failed', async (t) => {
    const { view, files, results } = open(t, [stored('a.txt')])
    let fail
    let calls = 0
    files.downloadUrl = () => new Promise((_, reject) => { calls++; fail = reject })
    await view.refresh()
    const one = button('Download: a.txt')
    one.click()
    one.click()
    assert.deepEqual([calls, one.ariaDisabled], [1, 'true'])
    fail(new Error('no'))
    await settle()
    assert.deepEqual([results.at(-1), one.ariaDisabled], ['no', null])
    one.click()
    assert.equal(calls, 2)
    fail(new Error('no'))
    await settle()
  })

  test('is shown in the page, in the way its name says', async (t) => {
    const { view, keys } = open(t, [stored('Photo.PNG'), stored('clip.mp4', 1), stored('paper.pdf', 2), stored('page.html', 3), stored('png', 4, 1), stored('huge.png', 5, 64 * 1024 * 1024 + 1), stored('large.png', 6, 64 * 1024 * 1024)])
    const types = []
    t.mock.method(URL, 'createObjectURL', (blob) => `blob:${types.push(blob.type)}`)
    const revoked = t.mock.method(URL, 'revokeObjectURL', () => {}).mock
    await view.refresh()
    assert.deepEqual(rows().filter((row) => buttons(row).includes('Preview')).map((row) => row.querySelector('th').textContent), ['Photo.PNG', 'clip.mp4', 'paper.pdf', 'png', 'large.png'])
    const shown = () => element('preview-content').firstElementChild
    await click(button('Preview: Photo.PNG'))
    assert.deepEqual(keys, [['content', stored('Photo.PNG').key]])
    assert.deepEqual([element('preview').open, text('preview-title'), shown().tagName, shown().alt, shown().src], [true, 'Photo.PNG', 'IMG', 'Photo.PNG', 'blob:1'])
    element('preview').close()
    await settle()
    assert.equal(shown(), null)
    assert.deepEqual(revoked.calls.map((call) => call.arguments), [['blob:1']])
    await click(button('Preview: clip.mp4'))
    assert.deepEqual([shown().tagName, shown().controls, shown().title], ['VIDEO', true, 'clip.mp4'])
    element('preview').close()
    await click(button('Preview: paper.pdf'))
    assert.deepEqual([shown().tagName, shown().title], ['IFRAME', 'paper.pdf'])
    assert.deepEqual(types, ['image/png', 'video/mp4', 'application/pdf'])
  })
})

describe('the deletion of a file', () => {
  async function deletion(t, answer, name = 'b.txt') {
    const all = open(t, [stored('a.txt', 1), stored('b.txt', 2), stored('c.txt', 3)])
    await all.view.refresh()
    button(`Delete: ${name}`).click()
    assert.deepEqual([element('confirm').open, text('confirm-question'), text('confirm-consequence'), text('confirm-yes')], [true, `Delete ${name}?`, 'You cannot bring it back from this page.', 'Delete'])
    element('confirm').close(answer)
    await settle()
    return all
  }

  test('is asked for, and removes its row; the focus goes to the next', async (t) => {
    const { keys } = await deletion(t, 'yes')
    assert.deepEqual(keys, [['remove', stored('b.txt', 2).key]])
    assert.deepEqual(names(), ['a.txt', 'c.txt'])
    assert.equal(text('live'), 'b.txt is deleted')
    assert.equal(document.activeElement.getAttribute('aria-label'), 'Delete: c.txt')
  })

  test('of the last row puts the focus on the one before', async (t) => {
    await deletion(t, 'yes', 'c.txt')
    assert.equal(document.activeElement.getAttribute('aria-label'), 'Delete: b.txt')
  })

  test('that is not confirmed does nothing', async (t) => {
    const { keys } = await deletion(t, '')
    assert.deepEqual(keys, [])
    assert.deepEqual(names(), ['a.txt', 'b.txt', 'c.txt'])
  })

  test('of the only file puts the focus on the heading', async (t) => {
    const { view } = open(t, [stored('a.txt')])
    await view.refresh()
    button('Delete: a.txt').click()
    element('confirm').close('yes')
    await settle()
    assert.equal(document.activeElement.id, 'files-title')
    assert.equal(said('files-status'), 'No files yet. What you upload appears here.')
  })

  test('that was confirmed once asks again the next time', async (t) => {
    const { keys } = await deletion(t, 'yes')
    button('Delete: a.txt').click()
    assert.equal(element('confirm').returnValue, '')
    element('confirm').close()
    await settle()
    assert.equal(keys.length, 1)
  })
})

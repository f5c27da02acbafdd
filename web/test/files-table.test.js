import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { element, names, rows, runPending, said, text } from './dom.js'
import { button, buttons, choose, click, NOW, open, stored } from './files-table.js'

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
    await runPending()
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

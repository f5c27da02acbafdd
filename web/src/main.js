import { nameOfKey, unfinishedUploads } from 'presigned-upload'

import { announce, byId, say } from './dom.js'
import { SessionExpired } from './errors.js'
import { createFiles } from './files.js'
import { filesView } from './files-view.js'
import { messagesView } from './messages-view.js'
import { presigner } from './presign.js'
import { createSession } from './session.js'
import { loadSettings } from './settings.js'
import { signInView } from './signin-view.js'
import { createUploader } from './uploader.js'
import { uploadWords } from './words.js'
import './style.css'
import './uppy.css'

loadSettings().then(start).catch((error) => say(byId('notice'), error.message))

/** @param {import('./settings.js').Settings} settings */
async function start(settings) {
  const session = createSession(settings)
  const errors = messagesView('errors', 'notice bad')
  const notes = messagesView('notes', 'notice')
  const signIn = signInView(session, enter)
  /** @param {string} url */
  const endpoint = (url) => presigner(url, session.accessToken)
  const uploading = () => Object.keys(uppy.getState().currentUploads).length > 0
  const files = settings.downloadUrl
    ? filesView(createFiles(endpoint(settings.downloadUrl), settings.deleteUrl ? endpoint(settings.deleteUrl) : undefined), reportFiles, uploading)
    : undefined
  byId('files').hidden = !files

  /** Whose queue is on the page. */
  let owner = await session.username()
  const unfinished = unfinishedUploads(() => owner)
  const uppy = createUploader({
    target: '#uploader',
    presign: endpoint(settings.uploadUrl),
    unfinished,
    onChosen: () => showUnfinished(),
    onStored({ id, name, key, size }) {
      announce(`${name} is uploaded`)
      notes.remove(id)
      showUnfinished()
      files?.add({ key, size, uploaded: new Date() })
    },
    onFailed(file, words, error) {
      errors.show(file, words)
      if (error instanceof SessionExpired) leave(error.message)
    },
    onGone(id) {
      errors.remove(id)
      notes.remove(id)
      showUnfinished()
    },
    onRestart: (file) => notes.show(file, 'S3 no longer has the parts that were uploaded before. The upload starts again.'),
  })

  byId('sign-out').addEventListener('click', async () => {
    if (uploading() && !confirm('Signing out stops your uploads, and what is uploaded of them is dropped. Sign out?')) return
    forget()
    await session.end().catch(() => {}) // without a network the tokens are gone from here all the same
    leave()
  })
  addEventListener('beforeunload', (event) => {
    if (uploading()) event.preventDefault()
  })
  addEventListener('offline', () => say(byId('network'), 'No connection. Uploads continue by themselves when it is back.'))
  addEventListener('online', () => say(byId('network')))
  if (owner) await enter()
  else signIn.open()

  async function enter() {
    const username = await session.username()
    if (username !== owner) forget()
    owner = username
    byId('username').textContent = username
    byId('who').hidden = byId('app').hidden = false
    say(byId('notice'))
    byId('upload-title').focus()
    showUnfinished()
    files?.refresh()
    if (uppy.getFiles().some((file) => file.error)) uppy.retryAll() // what the end of the session stopped
  }

  /** @param {string} [why] what ended the session */
  function leave(why) {
    if (why) session.end().catch(() => {}) // the endpoint may refuse a token that is good: Amplify allows no sign-in while it has one
    byId('who').hidden = byId('app').hidden = true
    say(byId('notice'))
    signIn.open(why, owner)
  }

  /** Nothing of one user is left for the next. */
  function forget() {
    uppy.cancelAll()
    errors.clear()
    notes.clear()
    unfinished.clear()
    files?.clear()
    owner = undefined
  }

  /** Names what a reload or a closed tab stopped: a page cannot open the files again by itself. */
  function showUnfinished() {
    const here = uppy.getFiles().length > 0
    const names = here ? [] : unfinished.all().map(({ key }) => nameOfKey(key) ?? key)
    say(byId('unfinished'), names.length > 0 ? `Not finished: ${names.join(', ')}. Choose the same file again to continue where it stopped.` : '')
  }

  /** @param {unknown} [error] nothing when it is over */
  function reportFiles(error) {
    if (!error) say(byId('notice'))
    else if (error instanceof SessionExpired) leave(error.message)
    else {
      say(byId('notice'), uploadWords(error))
      byId('notice').scrollIntoView({ block: 'nearest' }) // the row that failed may be far below
    }
  }
}

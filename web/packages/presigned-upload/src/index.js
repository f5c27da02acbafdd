export { lastSegment, nameOfKey, sendableName } from './names.js'
export { createUploads, FILES_AT_ONCE, sourceOf } from './presigned-upload.js'
export { unfinishedUploads } from './unfinished.js'

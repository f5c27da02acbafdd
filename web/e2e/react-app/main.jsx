import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@uppy/core/css/style.min.css'
import '@uppy/dashboard/css/style.min.css'

import { Uploader } from '../../packages/presigned-uppy/examples/react.jsx'

const { uploadUrl } = await (await fetch('./config.json')).json()
const accessToken = async () => sessionStorage.getItem('token')
const onStored = (key) => (document.getElementById('stored').textContent = key)

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Uploader uploadUrl={uploadUrl} accessToken={accessToken} onStored={onStored} />
  </StrictMode>,
)

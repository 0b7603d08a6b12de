// Says on the page what went wrong with a passkey; without it the console alone would know.
document.addEventListener('allauth.error', function (event) {
  const place = document.getElementById('passkey-problem')
  if (!place) return
  event.preventDefault()
  const name = event.detail.exception.name
  const words = {
    InvalidStateError: 'This device has a passkey for you already.',
    NotAllowedError: 'The passkey was not used: it was cancelled, took too long, or is not on this device.',
    SecurityError: 'Passkeys do not work at this address. It needs https, or localhost.'
  }
  place.textContent = words[name] || 'The passkey did not work. Try again, or use another way.'
  place.hidden = false
})

// The microphone: asked for at the press of the button alone, and let go when it has not been used for a while.

const PROBLEMS = {
  NotAllowedError:
    "This page may not use the microphone. Press the lock or the microphone beside the address of this page, " +
    "choose Allow, then press the button again.",
  NotFoundError: "No microphone was found. Plug one in, then press the button again.",
  NotReadableError: "Another program uses the microphone. Close it, then press the button again.",
  OverconstrainedError: "That microphone is gone. Choose another one, then press the button again.",
  InsecureOrigin: "Browsers lend the microphone only to safe pages. Open this page by an address that begins with https.",
};

/** What went wrong with the microphone, and how to mend it; typing works in any case. */
export const problemOf = (error) =>
  `${PROBLEMS[error.name] ?? "The microphone can’t be used now. Reload the page, then try again."} You can type instead.`;

/**
 * An open microphone. While it listens, `onSound(audio, level)` gets 16 kHz frames and how loud they are (0 to 1);
 * `onLost()` is called once it is unplugged, `onMuted(isMuted)` when the device is switched off or on.
 */
export async function openMicrophone({ device, onSound, onLost, onMuted }) {
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) {
    throw new DOMException("", window.isSecureContext ? "NotSupportedError" : "InsecureOrigin");
  }
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: {
      channelCount: 1,
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...(device ? { deviceId: { exact: device } } : {}),
    },
  });
  const context = new AudioContext();
  const [track] = stream.getAudioTracks();

  function letGo() {
    track.stop();
    context.close();
  }

  try {
    await context.audioWorklet.addModule(new URL("capture.worklet.js", import.meta.url));
    await context.resume();
  } catch (problem) {
    letGo();
    throw problem;
  }
  const capture = new AudioWorkletNode(context, "capture");
  context.createMediaStreamSource(stream).connect(capture);
  capture.connect(context.destination); // it stays silent, and is not run without
  let atRest = null;
  capture.port.onmessage = ({ data }) => (data.isAtRest ? atRest?.() : onSound(data.audio, data.level));
  track.addEventListener("ended", onLost);
  track.addEventListener("mute", () => onMuted(true));
  track.addEventListener("unmute", () => onMuted(false));

  return {
    listen: () => capture.port.postMessage("listen"),
    /** Stops listening; resolved once the last sound was handed over. */
    rest: () =>
      new Promise((resolve) => {
        atRest = resolve;
        capture.port.postMessage("rest");
      }),
    letGo,
  };
}

/** The microphones there are: `[{deviceId, label}]`. */
export async function microphones() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === "audioinput");
}

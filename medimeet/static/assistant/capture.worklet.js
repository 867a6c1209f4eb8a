// Sound as the microphone gives it, at any rate, becomes 16 kHz, 16 bits, one channel, in frames of a tenth of a second.

const RATE = 16000;
const FRAME_SAMPLES = 1600;
const PASSED = 0.9; // of the lower of both rates: what is above would come back as noise
const ZERO_CROSSINGS = 8;
const PHASES = 64;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    const cut = Math.min(1, RATE / sampleRate) * PASSED;
    this.reach = Math.ceil(ZERO_CROSSINGS / cut);
    this.kernels = Array.from({ length: PHASES + 1 }, (_, phase) => kernel(phase / PHASES, cut, this.reach));
    this.isOn = false;
    this.begin();
    this.port.onmessage = ({ data }) => (data === "listen" ? this.listen() : this.rest());
  }

  begin() {
    this.samples = new Float32Array(this.reach);
    this.at = this.reach;
    this.newFrame();
  }

  newFrame() {
    this.frame = new Int16Array(FRAME_SAMPLES);
    this.filled = 0;
    this.energy = 0;
  }

  listen() {
    this.begin();
    this.isOn = true;
  }

  rest() {
    if (this.isOn && this.filled) this.send(this.frame.slice(0, this.filled));
    this.isOn = false;
    this.port.postMessage({ isAtRest: true });
  }

  process([channels]) {
    if (this.isOn && channels.length) this.take(mixed(channels));
    return true;
  }

  take(fresh) {
    const samples = new Float32Array(this.samples.length + fresh.length);
    samples.set(this.samples);
    samples.set(fresh, this.samples.length);
    for (; this.at + this.reach + 1 < samples.length; this.at += this.step) this.put(this.valueAt(samples));
    const done = Math.max(0, Math.floor(this.at) - this.reach);
    this.samples = samples.slice(done);
    this.at -= done;
  }

  valueAt(samples) {
    const whole = Math.floor(this.at);
    const weights = this.kernels[Math.round((this.at - whole) * PHASES)];
    let value = 0;
    for (let tap = 0; tap < weights.length; tap += 1) value += weights[tap] * samples[whole - this.reach + tap];
    return value;
  }

  put(value) {
    const bounded = Math.max(-1, Math.min(1, value));
    this.frame[this.filled] = Math.round(bounded * 32767);
    this.energy += bounded * bounded;
    this.filled += 1;
    if (this.filled < FRAME_SAMPLES) return;
    this.send(this.frame);
    this.newFrame();
  }

  send(frame) {
    const level = Math.sqrt(this.energy / frame.length);
    this.port.postMessage({ audio: frame.buffer, level }, [frame.buffer]);
  }
}

/** The weights of a low-pass filter around a place `fraction` of a sample further on; they add up to one. */
function kernel(fraction, cut, reach) {
  const weights = Float32Array.from({ length: 2 * reach + 1 }, (_, tap) => weightAt(tap - reach - fraction, cut, reach));
  const sum = weights.reduce((total, each) => total + each, 0);
  return weights.map((each) => each / sum);
}

function weightAt(distance, cut, reach) {
  const angle = Math.PI * distance * cut;
  const wave = angle === 0 ? 1 : Math.sin(angle) / angle;
  return wave * (0.5 + 0.5 * Math.cos((Math.PI * distance) / (reach + 1)));
}

function mixed(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, at) => channels.reduce((sum, each) => sum + each[at], 0) / channels.length);
}

registerProcessor("capture", Capture);

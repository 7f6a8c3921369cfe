// How to stream: for OBS in three steps, for ffmpeg in one line. Pure.

export const kNoKey = 'YOUR_KEY';

export const kObsSteps = [
  'Settings, Stream: choose the service “Custom”, and paste the server and the stream key from above.',
  'Settings, Output, mode “Advanced”: video encoder H.264, keyframe interval 2 s, audio encoder AAC.',
  'OK, then “Start Streaming”. A few seconds later the picture is here.',
];

/**
 * A moving test picture with a tone; runs as it is in every shell.
 * @param {string} server "rtmp://host/live"
 * @param {string} key
 */
export function ffmpegLine(server, key) {
  const target = `${server.replace(/\/+$/, '')}/${key}`;
  return 'ffmpeg -re -f lavfi -i testsrc2=size=1280x720:rate=30 -re -f lavfi -i sine=frequency=330:sample_rate=48000'
    + ' -c:v libx264 -preset veryfast -tune zerolatency -pix_fmt yuv420p -b:v 2500k -maxrate 2500k -bufsize 2500k -g 60'
    + ` -c:a aac -b:a 128k -f flv "${target}"`;
}

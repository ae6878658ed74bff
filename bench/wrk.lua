-- The requests of a file, one path a line, in turn. {n} in a path becomes a number that no other request has.
-- WRK_REQUESTS names the file, WRK_ACCEPT the media type; what came of it all is printed as JSON.

local paths, count, number, thread = {}, 0, 0, 0

function setup(each)
  each:set("thread", thread)
  thread = thread + 1
end

function init(_)
  for line in io.lines(os.getenv("WRK_REQUESTS")) do
    count = count + 1
    paths[count] = line
  end
  wrk.headers["Accept"] = os.getenv("WRK_ACCEPT")
  start = os.getenv("WRK_START") .. thread
end

function request()
  number = number + 1
  local path = paths[(number - 1) % count + 1]
  return wrk.format("GET", (path:gsub("{n}", start .. number)))
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "bytes": %d, "median": %.6f, "p99": %.6f, "most": %.6f, "status": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end

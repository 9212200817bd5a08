"""The Lua scripts of the live store; each runs as one step, so a crash leaves all or nothing.

Redis 6.2: replicate_commands makes the append-only file keep the effects, since XADD gives ids.
Its cmsgpack knows no bytes, so each batch comes as a description and one string of all bytes.
"""

from __future__ import annotations

# One batch of readings of one partition. A message whose number is in the set of its device and
# four hours was applied before, and nothing happens. Older than the device's newest: late (3),
# it goes to the stream and nowhere else; a bad reading (2) stays bad.
# KEYS: stream, last, points, feeds, counts   ARGV: prefix of seen, prefix of recent, batch, bytes
# batch: [[number, bucket, device, at, n, has_value, length of head, tail, recent], ...], feeds
# bytes: head, tail, record (22 bytes) and recent of each
# Answers a string with one character per message: "0" duplicate, "1" new, "2" late.
WRITE = """
redis.replicate_commands()
local stream, last, points, feeds, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call = redis.call
local batch = cmsgpack.unpack(ARGV[3])
local bytes, offset = ARGV[4], 0
local function take(length)
  offset = offset + length
  return string.sub(bytes, offset - length + 1, offset)
end
local flags, new, late = {}, 0, 0
for i, m in ipairs(batch[1]) do
  local device, at, n = m[3], m[4], m[5]
  local head, tail, record, latest = take(m[7]), take(m[8]), take(22), take(m[9])
  local seen = ARGV[1] .. m[2] .. ':' .. device
  if call('SADD', seen, m[1]) == 0 then
    flags[i] = '0'
  else
    call('EXPIRE', seen, 104400)
    local known = call('HGET', last, device)
    if known and cmsgpack.unpack(known)[5] > at then
      local quality = string.byte(tail) == 2 and '\\2' or '\\3'
      call('XADD', stream, '*', 'b', head .. quality .. '\\192')
      flags[i] = '2'
      late = late + 1
    else
      local body, recent = head .. tail, ARGV[2] .. device
      call('XADD', stream, '*', 'b', body)
      call('HSET', last, device, body)
      call('LPUSH', recent, latest)
      call('LTRIM', recent, 0, 239)
      call('EXPIRE', recent, 172800)
      if n >= 0 then
        local at_byte = n * 24
        if m[6] then
          call('SETRANGE', points, at_byte, record)
        else
          call('SETRANGE', points, at_byte, string.sub(record, 1, 12))
          call('SETRANGE', points, at_byte + 16, string.sub(record, 17))
        end
      end
      flags[i] = '1'
      new = new + 1
    end
  end
end
local all = #batch[1]
call('HINCRBY', counts, 'received', all)
call('HINCRBY', counts, 'stored', new + late)
if late > 0 then call('HINCRBY', counts, 'late', late) end
if new + late < all then call('HINCRBY', counts, 'duplicates', all - new - late) end
for name, arrived in pairs(batch[2]) do call('HSET', feeds, name, arrived) end
return table.concat(flags)
"""

# Devices get their number at the first call and keep it; the rest is replaced. The place in the
# points is written at once, so that a device is on the map before it says anything.
# KEYS: devices, numbers, next, points   ARGV: [[code, length of head, of tail], ...], bytes
# bytes: head, tail and record (24 bytes) of each
# Answers the numbers in order.
REGISTER = """
redis.replicate_commands()
local devices, numbers, next_number, points = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local call = redis.call
local bytes, offset = ARGV[2], 0
local function take(length)
  offset = offset + length
  return string.sub(bytes, offset - length + 1, offset)
end
local given = {}
for i, d in ipairs(cmsgpack.unpack(ARGV[1])) do
  local head, tail, record = take(d[2]), take(d[3]), take(24)
  local known = call('HGET', devices, d[1])
  local n
  if known then
    n = cmsgpack.unpack(known).n
    call('SETRANGE', points, n * 24, string.sub(record, 1, 8))
    call('SETRANGE', points, n * 24 + 16, string.sub(record, 17, 21))
  else
    n = call('INCR', next_number) - 1
    call('HSET', numbers, n, d[1])
    call('SETRANGE', points, n * 24, record)
  end
  call('HSET', devices, d[1], head .. struct.pack('>BI4', 206, n) .. tail)
  given[i] = n
end
return given
"""

# Positions of workers: the newest by event time wins, and the stream tells only those.
# KEYS: workers, positions, feeds   ARGV: [[worker, lon, lat, at], ...], arrived, kept
POSITIONS = """
redis.replicate_commands()
local newer = {}
for _, p in ipairs(cmsgpack.unpack(ARGV[1])) do
  local known = redis.call('HGET', KEYS[1], p[1])
  if not known or cmsgpack.unpack(known)[3] <= p[4] then
    redis.call('HSET', KEYS[1], p[1], cmsgpack.pack({p[2], p[3], p[4]}))
    newer[#newer + 1] = p
  end
end
if #newer > 0 then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'b', cmsgpack.pack(newer))
end
redis.call('HSET', KEYS[3], 'position', ARGV[2])
return #newer
"""

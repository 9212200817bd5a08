"""The Lua scripts of the live store; each runs as one step, so a crash leaves all or nothing.

Redis 6.2: replicate_commands makes the append-only file keep the effects, since XADD gives ids.
Its cmsgpack knows no bytes, so each batch comes as a description and one string of all bytes.
"""

from __future__ import annotations

# One batch of readings of one partition. A message whose number is in the set of its device and
# four hours was applied before, and nothing happens. Older than the device's newest: late (3),
# it goes to the stream and nowhere else; a bad reading (2) stays bad. The tail of an entry is
# quality, moved (nil or two doubles) and doubts, of which 32 is "late".
# KEYS: stream, last, points, feeds, counts   ARGV: prefix of seen, prefix of recent, batch, bytes
# batch: [[number, bucket, device, at, n, has_value, length of head, tail, recent, feed], ...],
# feeds -> arrived, the names that each message's feed is the number of, more counts, samples of lag
# bytes: head, tail, record (22 bytes) and recent of each
# What costs is the number of calls and of long strings in Lua, so: the expiry of the seen and of
# the curve is renewed when a device enters another four hours, not with each message; the curve is
# cut at 256, to 240; LAST is written once for all; that a reading is newer is seen by the points.
# Answers a string with one character per message: "0" duplicate, "1" new, "2" late.
WRITE = """
redis.replicate_commands()
local stream, last, points, feeds, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call, byte, sub, unpack_some = redis.call, string.byte, string.sub, cmsgpack.unpack_limit
local seen_by, recent_by = ARGV[1], ARGV[2]
local batch = cmsgpack.unpack(ARGV[3])
local messages, bytes, offset = batch[1], ARGV[4], 0
local all = #messages
local newest, bodies = {}, {}
-- seconds of the newest reading are in the points; only within the same second the entry tells
local function known_at(device, at, n)
  if newest[device] then return newest[device] end
  if n >= 0 then
    local second = call('GETRANGE', points, n * 24 + 8, n * 24 + 11)
    if #second == 4 then
      second = struct.unpack('<I4', second)
      if second > 0 and second ~= math.floor(at / 1000) then return second * 1000 end
    end
  end
  local known = call('HGET', last, device)
  if known then
    local _, _, _, _, _, of = unpack_some(known, 5, 1)
    return of
  end
end
local flags, new, late = {}, 0, 0
local stored, lates, names = {}, {}, batch[3]
local of = {}
for f = 1, #names do stored[f], lates[f], of[f] = 0, 0, 0 end
for i = 1, all do
  local m = messages[i]
  local feed = m[10]
  of[feed] = of[feed] + 1
  local bucket, device, at, n = m[2], m[3], m[4], m[5]
  local tail_at = offset + m[7]
  local record_at = tail_at + m[8]
  local recent_at = record_at + 22
  local seen = seen_by .. bucket .. ':' .. device
  if call('SADD', seen, m[1]) == 0 then
    flags[i] = '0'
  else
    local known = known_at(device, at, n)
    local same = known and math.floor(known / 14400000) == bucket
    if not same then call('EXPIRE', seen, 104400) end
    if known and known > at then
      local quality = byte(bytes, tail_at + 1) == 2 and '\\2' or '\\3'
      local doubts = byte(bytes, record_at)
      if doubts % 64 < 32 then doubts = doubts + 32 end
      call('XADD', stream, '*', 'b',
        sub(bytes, offset + 1, tail_at) .. quality .. '\\192' .. string.char(doubts))
      flags[i] = '2'
      late = late + 1
      lates[feed] = lates[feed] + 1
    else
      local body, recent = sub(bytes, offset + 1, record_at), recent_by .. device
      call('XADD', stream, '*', 'b', body)
      newest[device], bodies[device] = at, body
      if call('LPUSH', recent, sub(bytes, recent_at + 1, recent_at + m[9])) > 256 then
        call('LTRIM', recent, 0, 239)
      end
      if not same then call('EXPIRE', recent, 172800) end
      if n >= 0 then
        local at_byte = n * 24
        if m[6] then
          call('SETRANGE', points, at_byte, sub(bytes, record_at + 1, recent_at))
        else
          call('SETRANGE', points, at_byte, sub(bytes, record_at + 1, record_at + 12))
          call('SETRANGE', points, at_byte + 16, sub(bytes, record_at + 17, recent_at))
        end
      end
      flags[i] = '1'
      new = new + 1
      stored[feed] = stored[feed] + 1
    end
  end
  offset = recent_at + m[9]
end
local changed, size = {}, 0
for device, body in pairs(bodies) do
  changed[size + 1], changed[size + 2] = device, body
  size = size + 2
end
if size > 0 then call('HSET', last, unpack(changed)) end
local function add(name, n)
  if n > 0 then call('HINCRBY', counts, name, n) end
end
call('HINCRBY', counts, 'received', all)
call('HINCRBY', counts, 'stored', new + late)
add('late', late)
add('duplicates', all - new - late)
for f = 1, #names do
  add('stored:' .. names[f], stored[f] + lates[f])
  add('late:' .. names[f], lates[f])
  add('duplicates:' .. names[f], of[f] - stored[f] - lates[f])
end
for name, arrived in pairs(batch[2]) do call('HSET', feeds, name, arrived) end
for name, n in pairs(batch[4]) do add(name, n) end
for list, sample in pairs(batch[5]) do
  call('LPUSH', list, sample)
  call('LTRIM', list, 0, 119)
end
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

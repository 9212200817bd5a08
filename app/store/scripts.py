"""The Lua scripts of the live store; each runs as one step, so a crash leaves all or nothing.

Redis 6.2: replicate_commands makes the append-only file keep the effects, since XADD gives ids.
Its cmsgpack knows no bytes, so each batch comes as a description and one string of all bytes.
"""

from __future__ import annotations

# One batch of readings of one partition. A message whose number is in the set of its device and
# four hours was applied before, and nothing happens. Older than the device's newest: late (3),
# it goes to the stream and nowhere else; a bad reading (2) stays bad. The tail of an entry is
# quality, moved (nil or two doubles) and doubts, of which 32 is "late".
# All that is stored goes into one entry of the stream: b, a msgpack array with two bytes of length,
# and n, how many readings the stream has taken until then, those of this entry included.
# KEYS: stream, last, points, feeds, counts, taken
# ARGV: prefix of seen, prefix of recent, batch, messages
# batch: [feeds -> arrived, names of feeds, more counts, samples of lag, first and last byte of the
# points to read at once (or neither)]
# messages, of each: at, bucket, number of its feed, length of the tail, has_value, then with their
# lengths before them device, offset of its point as text ("" = none), number, entry, what the curve
# gets, and at last the point, 22 bytes
# What costs is the number of calls and of strings in Lua, so: numbers go to calls as text; the
# expiry of the seen and of the curve is renewed when a device enters another four hours; the curve
# is cut at 256, to 240; LAST is written once for all; the points tell that a reading is newer.
# Answers a string with one character per message: "0" duplicate, "1" new, "2" late.
WRITE = """
redis.replicate_commands()
local stream, last, points, feeds, counts, taken = unpack(KEYS)
local call, sub, unpack_some = redis.call, string.sub, cmsgpack.unpack_limit
local unpacked, messages = struct.unpack, ARGV[4]
local seen_by, recent_by, batch = {}, ARGV[2], cmsgpack.unpack(ARGV[3])
local names, from, to = batch[2], batch[5], batch[6]
local span = from and call('GETRANGE', points, from, to)
local newest, bodies = {}, {}
-- seconds of the newest reading are in the points; only within the same second the entry tells
local function known_at(device, at, offset)
  if offset ~= '' then
    local second = 0
    if not span then
      local four = call('GETRANGE', points, offset + 8, offset + 11)
      if #four == 4 then second = unpacked('<I4', four) end
    elseif offset - from + 12 <= #span then
      second = unpacked('<I4', span, offset - from + 9)
    end
    if second > 0 and second ~= math.floor(at / 1000) then return second * 1000 end
  end
  local known = call('HGET', last, device)
  if known then
    local _, _, _, _, _, of = unpack_some(known, 5, 1)
    return of
  end
end
local flags, new, late, all = {}, 0, 0, 0
local body = {''}
local stored, lates, of = {}, {}, {}
for f = 1, #names do stored[f], lates[f], of[f] = 0, 0, 0 end
local next_at, size = 1, #messages
while next_at <= size do
  local at, bucket, feed, tail, has_value, device, offset, number, entry, curve, point
  at, bucket, feed, tail, has_value, device, offset, number, entry, curve, point, next_at =
    unpacked('<dI4HBBI4c0Bc0Bc0I4c0I4c0c22', messages, next_at)
  local seen = seen_by[bucket]
  if not seen then
    seen = ARGV[1] .. bucket .. ':'
    seen_by[bucket] = seen
  end
  seen = seen .. device
  all = all + 1
  of[feed] = of[feed] + 1
  if call('SADD', seen, number) == 0 then
    flags[all] = '0'
  else
    local known = newest[device] or known_at(device, at, offset)
    local same = known and math.floor(known / 14400000) == bucket
    if not same then call('EXPIRE', seen, '104400') end
    if known and known > at then
      local quality, doubts = string.byte(entry, -tail), string.byte(entry, -1)
      if doubts % 64 < 32 then doubts = doubts + 32 end
      flags[all] = '2'
      late = late + 1
      body[new + late + 1] = sub(entry, 1, -tail - 1)
        .. (quality == 2 and '\\2' or '\\3') .. '\\192' .. string.char(doubts)
      lates[feed] = lates[feed] + 1
    else
      local recent = recent_by .. device
      newest[device], bodies[device] = at, entry
      if call('RPUSH', recent, curve) > 256 then call('LTRIM', recent, '-240', '-1') end
      if not same then call('EXPIRE', recent, '172800') end
      if offset ~= '' then
        if has_value == 1 then
          call('SETRANGE', points, offset, point)
        else
          call('SETRANGE', points, offset, sub(point, 1, 12))
          call('SETRANGE', points, offset + 16, sub(point, 17))
        end
      end
      flags[all] = '1'
      new = new + 1
      body[new + late + 1] = entry
      stored[feed] = stored[feed] + 1
    end
  end
end
local kept = new + late
if kept > 0 then
  body[1] = string.char(220, math.floor(kept / 256), kept % 256)
  call('XADD', stream, '*', 'b', table.concat(body), 'n', call('INCRBY', taken, kept))
end
local changed
changed, size = {}, 0
for device, entry in pairs(bodies) do
  changed[size + 1], changed[size + 2] = device, entry
  size = size + 2
end
if size > 0 then call('HSET', last, unpack(changed)) end
local function add(name, n)
  if n > 0 then call('HINCRBY', counts, name, n) end
end
call('HINCRBY', counts, 'received', all)
call('HINCRBY', counts, 'stored', kept)
add('late', late)
add('duplicates', all - kept)
for f = 1, #names do
  add('stored:' .. names[f], stored[f] + lates[f])
  add('late:' .. names[f], lates[f])
  add('duplicates:' .. names[f], of[f] - stored[f] - lates[f])
end
for name, arrived in pairs(batch[1]) do call('HSET', feeds, name, arrived) end
for name, n in pairs(batch[3]) do add(name, n) end
for list, sample in pairs(batch[4]) do
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

# Positions of workers: the newest by event time wins, and the stream tells only those. A track
# takes the places that lie a step apart; it ends by itself when nothing is added.
# KEYS: workers, positions, feeds
# ARGV: [[worker, lon, lat, at], ...], arrived, kept, prefix of tracks, step in degrees of latitude,
# places of a track, seconds of a track
POSITIONS = """
redis.replicate_commands()
local newer = {}
local function track(p)
  local key = ARGV[4] .. p[1]
  local last = redis.call('LINDEX', key, 0)
  if last then
    local before = cmsgpack.unpack(last)
    local east = (p[2] - before[1]) * math.cos(math.rad(p[3]))
    if math.sqrt(east ^ 2 + (p[3] - before[2]) ^ 2) < tonumber(ARGV[5]) then return end
  end
  if redis.call('LPUSH', key, cmsgpack.pack({p[2], p[3], p[4]})) > tonumber(ARGV[6]) then
    redis.call('LTRIM', key, 0, ARGV[6] - 1)
  end
  redis.call('EXPIRE', key, ARGV[7])
end
for _, p in ipairs(cmsgpack.unpack(ARGV[1])) do
  local known = redis.call('HGET', KEYS[1], p[1])
  if not known or cmsgpack.unpack(known)[3] <= p[4] then
    redis.call('HSET', KEYS[1], p[1], cmsgpack.pack({p[2], p[3], p[4]}))
    newer[#newer + 1] = p
    track(p)
  end
end
if #newer > 0 then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'b', cmsgpack.pack(newer))
end
redis.call('HSET', KEYS[3], 'position', ARGV[2])
return #newer
"""

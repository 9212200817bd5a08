"""The Lua scripts of the dead letters; each runs as one step."""

from __future__ import annotations

# KEYS: index, about, bytes, piles, weights …   ARGV: prefix of the piles' own indexes …
# A pile is "<source>|<reason>"; "*" in the weights is the weight of all.
_FORGET = """
redis.replicate_commands()
local index, about, bytes, piles, weights = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call, prefix = redis.call, ARGV[1]
local function weigh(pile, letters, weight)
  if call('HINCRBY', piles, pile, letters) <= 0 then
    call('HDEL', piles, pile)
    call('HDEL', weights, pile)
  else
    call('HINCRBY', weights, pile, weight)
  end
  call('HINCRBY', weights, '*', weight)
end
local function forget(id)
  local known = call('HGET', about, id)
  if not known then
    call('ZREM', index, id)
    return 0
  end
  local told = cmsgpack.unpack(known)
  local pile = told.source .. '|' .. told.reason
  local weight = #known + call('HSTRLEN', bytes, id)
  call('HDEL', about, id)
  call('HDEL', bytes, id)
  call('ZREM', index, id)
  call('ZREM', prefix .. pile, id)
  weigh(pile, -1, -weight)
  return 1
end
"""

# KEYS: …, counts, the source counts of these ten minutes
# ARGV: …, most letters, most bytes, oldest score, 1 to replace, then [id, score, source, reason,
# about, payload] of each
# Answers how many letters were pushed out.
BURY = (
    _FORGET
    + """
local counts, tens, again = KEYS[6], KEYS[7], ARGV[5] == '1'
for i = 6, #ARGV, 6 do
  local id, source, reason = ARGV[i], ARGV[i + 2], ARGV[i + 3]
  local known = call('HEXISTS', about, id) == 1
  if again and known then forget(id) end
  if again == known then
    local pile = source .. '|' .. reason
    call('HSET', about, id, ARGV[i + 4])
    call('HSET', bytes, id, ARGV[i + 5])
    call('ZADD', index, ARGV[i + 1], id)
    call('ZADD', prefix .. pile, ARGV[i + 1], id)
    weigh(pile, 1, #ARGV[i + 4] + #ARGV[i + 5])
    if not again then
      call('HINCRBY', counts, 'rejected:' .. reason, 1)
      call('HINCRBY', counts, 'rejected', 1)
      call('HINCRBY', tens, source, 1)
    end
  end
end
if not again then call('EXPIRE', tens, 90000) end

local function crowded(hash)
  local all, largest, most, next_most = call('HGETALL', hash), nil, 0, 0
  for i = 1, #all, 2 do
    local size = tonumber(all[i + 1])
    if all[i] ~= '*' and size > most then
      largest, most, next_most = all[i], size, most
    elseif all[i] ~= '*' and size > next_most then
      next_most = size
    end
  end
  return largest, next_most
end
local trimmed = 0
local function shrink(hash, size, room)
  while size() > room do
    local pile, next_most = crowded(hash)
    local oldest = pile and call('ZRANGE', prefix .. pile, 0, 99) or {}
    if #oldest == 0 then return end
    for _, id in ipairs(oldest) do
      trimmed = trimmed + forget(id)
      local left = tonumber(call('HGET', hash, pile) or '0')
      if size() <= room or left < next_most then break end
    end
  end
end
for _, id in ipairs(call('ZRANGEBYSCORE', index, '-inf', '(' .. ARGV[4], 'LIMIT', 0, 1000)) do
  trimmed = trimmed + forget(id)
end
local function letters() return call('ZCARD', index) end
local function weight() return tonumber(call('HGET', weights, '*') or '0') end
shrink(piles, letters, tonumber(ARGV[2]))
shrink(weights, weight, tonumber(ARGV[3]))
if trimmed > 0 then call('HINCRBY', counts, 'dead_trimmed', trimmed) end
return trimmed
"""
)

# KEYS: …, replays   ARGV: …, ids
# Answers how many letters there were.
REMOVE = (
    _FORGET
    + """
local gone = 0
for i = 2, #ARGV do
  gone = gone + forget(ARGV[i])
  call('ZREM', KEYS[6], ARGV[i])
end
return gone
"""
)

-- Puts an interpreter of Lua 5.4 through its paces; the Debian source brings no tests of its own.
-- Prints how many checks passed, and fails at the first that does not.

local passed = 0

local function check(what, holds)
  if not holds then error("check failed: " .. what, 2) end
  passed = passed + 1
end

local function same(what, got, wanted)
  if got ~= wanted then
    error(string.format("check failed: %s: got %s, wanted %s", what, tostring(got), tostring(wanted)), 2)
  end
  passed = passed + 1
end

local function fails(what, action, message)
  local fine, problem = pcall(action)
  check(what .. " fails", not fine)
  check(what .. " says why: " .. tostring(problem), message == nil or tostring(problem):find(message, 1, true))
end

-- Arithmetic ------------------------------------------------------------------------------
for a = -40, 40 do
  for b = -7, 7 do
    if b ~= 0 then
      same("floor division", a // b, math.floor(a / b))
      same("remainder", a % b, a - (a // b) * b)
      same("float remainder", (a + 0.5) % b, (a + 0.5) - ((a + 0.5) // b) * b)
    end
    same("xor twice", (a ~ b) ~ b, a)
    same("and or", (a & b) + (a | b), a + b)
    same("order", a < b, not (a >= b))
    same("float order", a + 0.0 <= b, not (a > b))
  end
end
for shift = 0, 62 do same("shift up", 1 << shift, math.tointeger(2 ^ shift)) end
same("shift to the sign", 1 << 63, math.mininteger)
same("shift out", 1 << 64, 0)
same("wrap around", math.maxinteger + 1, math.mininteger)
same("hexadecimal", 0xff, 255)
same("hexadecimal float", 0x1p4, 16.0)
same("power", 2 ^ 10, 1024.0)
same("kinds", math.type(3 / 1), "float")
same("integer kind", math.type(3 // 1), "integer")
same("exponent", 1e3, 1000.0)
check("not a number", 0 / 0 ~= 0 / 0)
same("unsigned order", math.ult(1, -1), true)
same("text to number", "10" + 5, 15)
same("number from text", tonumber("0x1F"), 31)
same("base 36", tonumber("zz", 36), 1295)
same("bad number", tonumber("1e"), nil)
fails("division by zero", function() return 1 // 0 end, "attempt to")
fails("bits of a fraction", function() return 1.5 | 1 end, "no integer representation")
for _, value in ipairs { 0.1, 1 / 3, 1e300, 5e-324, 123456789.125 } do
  same("round trip", tonumber(string.format("%.17g", value)), value)
end

-- Strings ---------------------------------------------------------------------------------
local alphabet = "abcdefghijklmnopqrstuvwxyz"
for first = -30, 30 do
  for last = -30, 30, 3 do
    local lo, hi = first, last
    if lo < 0 then lo = math.max(#alphabet + lo + 1, 1) elseif lo == 0 then lo = 1 end
    if hi < 0 then hi = #alphabet + hi + 1 elseif hi > #alphabet then hi = #alphabet end
    local wanted = {}
    for place = lo, hi do wanted[#wanted + 1] = string.char(alphabet:byte(place)) end
    same("sub", alphabet:sub(first, last), table.concat(wanted))
  end
end
same("find", select(2, ("a.b"):find(".", 1, true)), 2)
same("captures", ("key = value"):match("^(%w+)%s*=%s*(%w+)$"), "key")
same("frontier", ("THE (quick) fox"):find("%f[%a]%a+%f[%A]", 5), 6)
same("balanced", ("f(a(b)c)d"):match("%b()"), "(a(b)c)")
same("substitute", (("hello world"):gsub("o", { o = "0" })), "hell0 w0rld")
same("substitute count", select(2, ("aaaa"):gsub("a", "b", 3)), 3)
same("substitute call", ("abc"):gsub("%w", function(c) return c:upper() .. "." end), "A.B.C.")
same("repeat", ("ab"):rep(3, "-"), "ab-ab-ab")
same("reverse", alphabet:reverse():reverse(), alphabet)
same("format", ("%5d|%-5s|%05.1f|%x|%q"):format(42, "ab", 3.14159, 255, "a\nb"), "   42|ab   |003.1|ff|\"a\\\nb\"")
local words = {}
for word in ("one two  three"):gmatch("%a+") do words[#words + 1] = word end
same("words", table.concat(words, ","), "one,two,three")
same("pack", string.unpack("<i4", string.pack("<i4", -123456)), -123456)
same("pack sizes", string.packsize("<i2i8"), 10)
same("pack text", (string.unpack("s2", string.pack("s2", "text"))), "text")
same("utf8", utf8.len("h\u{e9}llo"), 5)
same("utf8 place", utf8.offset("h\u{e9}llo", 3), 4)
local codes = {}
for _, code in utf8.codes("a\u{20ac}b") do codes[#codes + 1] = code end
same("utf8 codes", codes[2], 0x20ac)
fails("bad pattern", function() return ("x"):find("[a") end, "malformed pattern")
fails("too long", function() return ("x"):rep(1 << 60) end, "too large")

-- Tables ----------------------------------------------------------------------------------
local function shuffled(count, seed)
  local list = {}
  for place = 1, count do list[place] = place end
  for place = count, 2, -1 do
    seed = (seed * 1103515245 + 12345) % 2147483648
    local other = seed % place + 1
    list[place], list[other] = list[other], list[place]
  end
  return list
end
for seed = 1, 20 do
  local list = shuffled(200, seed)
  table.sort(list)
  for place = 1, 200 do same("sorted", list[place], place) end
  list = shuffled(200, seed)
  table.sort(list, function(a, b) return a > b end)
  for place = 1, 200 do same("sorted down", list[place], 201 - place) end
end
local moved = table.move({ 1, 2, 3 }, 1, 3, 2, { 9 })
same("move", table.concat(moved, ","), "9,1,2,3")
same("unpack", select("#", table.unpack({ 1, nil, 3 }, 1, 3)), 3)
same("pack count", table.pack(nil, nil).n, 2)
local list = {}
for place = 1, 100 do table.insert(list, 1, place) end
same("insert", list[1], 100)
for _ = 1, 99 do table.remove(list, 1) end
same("remove", list[1], 1)
same("length", #list, 1)
local counts, keys = {}, 0
for place = 1, 5000 do counts["k" .. place] = place end
for place = 1, 5000, 2 do counts["k" .. place] = nil end
for key, value in pairs(counts) do
  keys = keys + 1
  check("key and value", key == "k" .. value)
end
same("keys left", keys, 2500)
fails("bad order", function() table.sort({ 3, 1, 2, 5, 4, 7 }, function() return true end) end, "invalid order function")

-- Objects ---------------------------------------------------------------------------------
local Vector = {}
Vector.__index = Vector
function Vector.new(x, y) return setmetatable({ x = x, y = y }, Vector) end
Vector.__add = function(a, b) return Vector.new(a.x + b.x, a.y + b.y) end
Vector.__eq = function(a, b) return a.x == b.x and a.y == b.y end
Vector.__lt = function(a, b) return a:size() < b:size() end
Vector.__le = function(a, b) return a:size() <= b:size() end
Vector.__len = function() return 2 end
Vector.__call = function(self, factor) return Vector.new(self.x * factor, self.y * factor) end
Vector.__concat = function(a, b) return tostring(a) .. tostring(b) end
Vector.__tostring = function(self) return "<" .. self.x .. " " .. self.y .. ">" end
Vector.__unm = function(self) return Vector.new(-self.x, -self.y) end
function Vector:size() return math.sqrt(self.x ^ 2 + self.y ^ 2) end
local one, two = Vector.new(1, 2), Vector.new(3, 4)
check("sum", one + two == Vector.new(4, 6))
check("order of objects", one < two and two >= one and not (two <= one))
same("length of objects", #one, 2)
same("call of objects", two(2):size(), 10.0)
same("joined objects", one .. two, "<1 2><3 4>")
check("negated", -one == Vector.new(-1, -2))
local log = {}
local proxy = setmetatable({}, {
  __index = function(_, key) log[#log + 1] = "get " .. key; return #log end,
  __newindex = function(self, key, value) log[#log + 1] = "set " .. key; rawset(self, key, value) end,
})
proxy.a = proxy.b
same("proxy", table.concat(log, ","), "get b,set a")
same("raw", rawget(proxy, "a"), 1)
local closed = {}
do
  local first <close> = setmetatable({}, { __close = function() closed[#closed + 1] = "first" end })
  local second <close> = setmetatable({}, { __close = function() closed[#closed + 1] = "second" end })
end
same("closing order", table.concat(closed, ","), "second,first")
fails("constant", assert(load("return function() error('no ' .. 'way') end"))(), "no way")
check("assignment to a constant", not load("local a <const> = 1; a = 2"))

-- Control ---------------------------------------------------------------------------------
local function fibonacci(n) if n < 2 then return n end return fibonacci(n - 1) + fibonacci(n - 2) end
same("recursion", fibonacci(20), 6765)
local function count_down(n) if n == 0 then return "done" end return count_down(n - 1) end
same("tail calls", count_down(200000), "done")
fails("deep recursion", function() local function deep(n) return 1 + deep(n + 1) end return deep(1) end, "stack overflow")
local sum = 0
for value = 10, 1, -3 do sum = sum + value end
same("counting down", sum, 22)
for value = 1, 3 do
  for inner = 1, 3 do
    if inner == 2 then goto continue end
    sum = sum + value * inner
    ::continue::
  end
end
same("goto", sum, 22 + 24)
local makers = {}
for value = 1, 3 do makers[value] = function() value = value + 1; return value end end
same("fresh upvalues", makers[1]() + makers[1]() + makers[3](), 9)
local function count(...) return select("#", ...), ... end
same("varargs", select(4, count(1, nil, 3)), 3)
local producer = coroutine.wrap(function(start)
  for value = start, start + 4 do coroutine.yield(value * value) end
  return "end"
end)
local squares = {}
for _ = 1, 6 do squares[#squares + 1] = tostring(producer(3)) end
same("coroutine", table.concat(squares, " "), "9 16 25 36 49 end")
local thread = coroutine.create(function() error({ code = 7 }) end)
local fine, problem = coroutine.resume(thread)
check("error in a coroutine", not fine and problem.code == 7 and coroutine.status(thread) == "dead")
same("handler", select(2, xpcall(function() error("x", 0) end, function(m) return m .. "!" end)), "x!")
check("yield across pcall", coroutine.wrap(function() return pcall(function() coroutine.yield() error("y") end) end)() == nil)
fails("calling nothing", function() local nothing; nothing() end, "attempt to call a nil value")
fails("global names", function() return missing_global.field end, "missing_global")

-- Loading, files, memory ------------------------------------------------------------------
local chunk = assert(load("local a, b = ... return a * b + (c or 0)", "chunk", "t", { c = 100 }))
same("load", chunk(6, 7), 142)
local dumped = assert(load(string.dump(function(n) local t = {} for i = 1, n do t[i] = i end return #t end), "d", "b"))
same("dumped", dumped(50), 50)
check("syntax error", select(2, load("x = = 1")):find("unexpected symbol", 1, true))
check("unfinished string", select(2, load("x = 'a")):find("unfinished string", 1, true))
local name = os.tmpname()
local file = assert(io.open(name, "w"))
file:write("first\n", 2, "\n", 3.5, "\nlast")
file:close()
local lines = {}
for line in io.lines(name) do lines[#lines + 1] = line end
same("lines", table.concat(lines, "|"), "first|2|3.5|last")
file = assert(io.open(name))
same("read number", file:read("l") and file:read("n"), 2)
same("seek", file:seek("set", 1), 1)
same("read all", file:read("a"), "irst\n2\n3.5\nlast")
file:close()
check("remove file", os.remove(name))
check("missing file", not io.open(name))
same("date", os.date("!%Y-%m-%d %H:%M", 1076500800), "2004-02-11 12:00")
same("time and back", os.date("*t", os.time { year = 2012, month = 3, day = 13, hour = 12 }).month, 3)
local weak = setmetatable({}, { __mode = "v" })
for place = 1, 1000 do weak[place] = { place } end
local finalized = 0
for _ = 1, 100 do setmetatable({}, { __gc = function() finalized = finalized + 1 end }) end
collectgarbage()
collectgarbage()
check("weak values", next(weak) == nil)
same("finalizers", finalized, 100)
collectgarbage("generational")
local held = {}
for place = 1, 20000 do held[place % 100 + 1] = { tostring(place) } end
collectgarbage("incremental")
collectgarbage()
check("memory", collectgarbage("count") < 4096)
local info = debug.getinfo(1, "Sl")
check("debug", info.short_src:find("lua_check", 1, true) and info.currentline > 0)
local steps = 0
debug.sethook(function() steps = steps + 1 end, "l")
local _ = 1 + 1
debug.sethook()
check("hook", steps >= 1)

print(passed .. " checks passed")

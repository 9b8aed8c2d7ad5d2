//! JavaScript and TypeScript: keywords, globals, the commonest names of the library and of Node.

pub(super) const WORDS: &str = "
break case catch class const continue debugger default delete do else export extends finally for function if import in instanceof
new return super switch this throw try typeof var void while with yield let static async await of get set from as null undefined true
false NaN Infinity arguments constructor prototype interface type enum implements private public protected readonly declare namespace
module exports require console process global globalThis window document Buffer describe it before after beforeEach afterEach
Object Array String Number Boolean Function Symbol Map Set WeakMap WeakSet Promise Proxy Reflect Date RegExp Error TypeError RangeError
SyntaxError ReferenceError JSON Math BigInt Int8Array Uint8Array Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array
ArrayBuffer DataView Intl parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI escape
setTimeout clearTimeout setInterval clearInterval setImmediate queueMicrotask eval
length push pop shift unshift slice splice concat join reverse sort indexOf lastIndexOf includes find findIndex filter map forEach
reduce reduceRight some every keys values entries flat flatMap fill isArray at from call apply bind toString valueOf hasOwnProperty
isPrototypeOf create assign freeze defineProperty defineProperties getOwnPropertyNames getOwnPropertyDescriptor getPrototypeOf setPrototypeOf
charAt charCodeAt codePointAt fromCharCode split replace replaceAll match matchAll search substr substring startsWith endsWith trim
trimStart trimEnd toLowerCase toUpperCase padStart padEnd repeat localeCompare normalize test exec source flags index input lastIndex
then catch finally resolve reject all race allSettled has add clear size next done value name message stack
log warn error info debug floor ceil round abs min max pow sqrt random sign trunc stringify parse now getTime toISOString toFixed
on once emit removeListener env argv exit cwd nextTick stdout stderr stdin write end pipe enumerable configurable writable
";

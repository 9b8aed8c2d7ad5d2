//! Python: keywords, built-in names, the commonest modules and methods.

pub(super) const WORDS: &str = "
False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda
nonlocal not or pass raise return try while with yield match case type self cls annotations division print_function unicode_literals absolute_import generator_stop
abs all any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval
exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list locals map
max memoryview min next object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod str sum
super tuple vars zip NotImplemented Ellipsis
BaseException Exception ArithmeticError AssertionError AttributeError BufferError EOFError FileExistsError FileNotFoundError ImportError
IndexError IOError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError
NotImplementedError OSError OverflowError PermissionError RecursionError RuntimeError StopIteration SyntaxError SystemExit
TimeoutError TypeError UnicodeDecodeError UnicodeEncodeError UnicodeError ValueError ZeroDivisionError Warning DeprecationWarning
os sys re json time math random struct socket hashlib itertools functools collections datetime typing io logging threading
subprocess copy string types warnings contextlib abc dataclasses enum pathlib urllib http base64 hmac zlib pytest unittest
path environ argv exit stdin stdout stderr append extend insert remove pop clear index count sort reverse copy keys values items get
update setdefault split rsplit join strip lstrip rstrip replace startswith endswith find rfind lower upper title encode decode
read readline readlines write close seek tell flush match search sub findall finditer compile group groups
Any Callable Dict Generic Iterable Iterator List Mapping NamedTuple Optional Sequence Set Tuple Type TypeVar Union
";

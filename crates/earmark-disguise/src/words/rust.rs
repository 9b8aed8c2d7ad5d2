//! Rust: keywords, the prelude, the commonest names of the standard library and its macros.

pub(super) const WORDS: &str = "
as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return
self Self static struct super trait true type union unsafe use where while abstract become box do final macro override priv typeof
unsized virtual yield try macro_rules gen
i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char str String Vec Box Option Some None Result Ok Err Rc Arc Cell
RefCell Mutex RwLock Cow HashMap HashSet BTreeMap BTreeSet VecDeque BinaryHeap PhantomData Path PathBuf OsStr OsString NonNull
MaybeUninit ManuallyDrop Duration Ordering Pin Range RangeInclusive RangeFrom RangeTo RangeFull
Copy Clone Send Sync Sized Drop Fn FnMut FnOnce Iterator IntoIterator DoubleEndedIterator ExactSizeIterator FusedIterator Extend
FromIterator Default PartialEq Eq PartialOrd Ord Hash Hasher BuildHasher Debug Display Formatter Write Read Error From Into TryFrom
TryInto AsRef AsMut Borrow BorrowMut ToOwned ToString FromStr Deref DerefMut Index IndexMut Add Sub Mul Div Rem Neg Not Any
std core alloc fmt mem ptr ops cmp iter slice vec string hash marker borrow convert collections io result option num boxed env
println print eprintln eprint format write writeln vec panic assert assert_eq assert_ne debug_assert debug_assert_eq unreachable
todo unimplemented matches concat stringify include_str include_bytes cfg env line file
derive inline must_use allow warn deny forbid expect test cfg_attr doc feature features target_arch target_feature target_pointer_width
repr transparent cold track_caller non_exhaustive deprecated no_std macro_export automatically_derived global_allocator not all any
new len is_empty push pop insert remove get get_mut iter iter_mut into_iter next next_back map filter fold collect zip enumerate rev take
skip chain cloned copied unwrap unwrap_or unwrap_or_else unwrap_or_default expect ok ok_or ok_or_else map_err and_then or_else is_some is_none
is_ok is_err as_ref as_mut as_ptr as_mut_ptr as_slice as_str as_bytes to_string to_owned to_vec into from default clone eq ne lt le gt ge
cmp partial_cmp min max hash finish fmt drop deref deref_mut index index_mut borrow write_str write_fmt size_hint size_of align_of
min_value max_value MAX MIN BITS wrapping_add wrapping_sub wrapping_mul checked_add checked_sub checked_mul saturating_add saturating_sub
count_ones leading_zeros trailing_zeros rotate_left swap replace copy_nonoverlapping offset add sub read write Item Output Target Err
";

//! C: keywords, directives, the standard library's and POSIX' commonest names.

pub(super) const WORDS: &str = "
auto break case char const continue default do double else enum extern float for goto if inline int long register restrict
return short signed sizeof static struct switch typedef union unsigned void volatile while asm bool true false nullptr
class namespace template typename public private protected virtual using new delete this operator throw try catch
define undef include include_next ifdef ifndef elif endif error warning pragma line defined once
size_t ssize_t ptrdiff_t wchar_t intptr_t uintptr_t off_t pid_t time_t clock_t FILE DIR va_list
sig_atomic_t lconv decimal_point thousands_sep L_tmpnam TMP_MAX LC_ALL LC_COLLATE LC_CTYPE LC_MONETARY LC_NUMERIC LC_TIME
DBL_MANT_DIG FLT_MANT_DIG LDBL_MANT_DIG DBL_DIG DBL_MAX_10_EXP DBL_EPSILON RTLD_NOW RTLD_GLOBAL RTLD_LOCAL dlopen dlsym dlclose dlerror
tmpnam mkstemp strpbrk pathconf localtime_r gmtime_r IOFBF _IOFBF _IOLBF _IONBF popen pclose _setjmp _longjmp sigsetjmp siglongjmp
int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t socklen_t sockaddr sockaddr_in sockaddr_un sockaddr_storage
in_addr in6_addr addrinfo timeval timespec tm stat pollfd fd_set mode_t uid_t gid_t
NULL EOF stdin stdout stderr errno main argc argv
EINTR EAGAIN EWOULDBLOCK EINVAL ENOMEM ENOENT EEXIST EPIPE EINPROGRESS ETIMEDOUT ERANGE EBADF EACCES EPERM
INT_MAX INT_MIN UINT_MAX LONG_MAX LONG_MIN ULONG_MAX SIZE_MAX CHAR_BIT UCHAR_MAX CHAR_MAX SHRT_MAX USHRT_MAX LLONG_MAX PATH_MAX
INT8_MAX INT16_MAX INT32_MAX INT64_MAX UINT8_MAX UINT16_MAX UINT32_MAX UINT64_MAX DBL_MAX DBL_MIN FLT_MAX HUGE_VAL
EXIT_SUCCESS EXIT_FAILURE SEEK_SET SEEK_CUR SEEK_END BUFSIZ RAND_MAX CLOCKS_PER_SEC
AF_INET AF_INET6 AF_UNIX AF_UNSPEC SOCK_STREAM SOCK_DGRAM SOL_SOCKET SO_REUSEADDR SO_RCVTIMEO SO_SNDTIMEO IPPROTO_TCP TCP_NODELAY
O_RDONLY O_WRONLY O_RDWR O_CREAT O_TRUNC O_APPEND O_EXCL O_NONBLOCK F_GETFL F_SETFL SIGINT SIGTERM SIGPIPE SIGKILL SIGHUP SIG_IGN SIG_DFL
malloc calloc realloc free abort exit _exit atexit getenv system qsort bsearch abs labs atoi atol atof strtol strtoul strtoll strtoull
strtod rand srand memcpy memmove memset memcmp memchr strlen strcpy strncpy strcat strncat strcmp strncmp strcasecmp strncasecmp
strchr strrchr strstr strpbrk strspn strcspn strtok strdup strndup strerror strcoll printf fprintf sprintf snprintf vprintf vfprintf
vsprintf vsnprintf scanf sscanf fscanf puts fputs fputc putc putchar getc getchar fgetc fgets ungetc fopen fdopen freopen fclose fread
fwrite fseek ftell rewind feof ferror clearerr fflush fileno perror remove rename tmpfile setvbuf setlocale localeconv
open close read write lseek fcntl ioctl dup dup2 pipe fork execve execvp waitpid wait kill getpid getuid geteuid unlink mkdir rmdir
opendir readdir closedir fstat lstat access chmod chdir getcwd fsync ftruncate mmap munmap select poll socket bind listen accept
connect send recv sendto recvfrom sendmsg recvmsg shutdown setsockopt getsockopt getsockname getpeername getaddrinfo freeaddrinfo
gai_strerror gethostbyname inet_pton inet_ntop inet_addr htons htonl ntohs ntohl usleep sleep nanosleep alarm signal sigaction raise
time clock gmtime localtime mktime strftime difftime gettimeofday clock_gettime isalpha isdigit isalnum isspace isupper islower
isxdigit isprint ispunct iscntrl isgraph toupper tolower va_start va_end va_arg va_copy assert offsetof setjmp longjmp jmp_buf
floor ceil sqrt pow exp log log2 log10 sin cos tan asin acos atan atan2 fabs fmod ldexp frexp modf round isnan isinf
pthread_t pthread_mutex_t pthread_cond_t pthread_create pthread_join pthread_mutex_lock pthread_mutex_unlock pthread_mutex_init
";

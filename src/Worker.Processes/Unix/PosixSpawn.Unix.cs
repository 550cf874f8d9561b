using System.Runtime.InteropServices;
using System.Text;
using OpenClaw.Worker.Processes.Arguments;
using OpenClaw.Worker.Processes.Unix.Cgroups;

namespace OpenClaw.Worker.Processes.Unix;

/// <summary>
/// posix_spawn with a session of its own, default signals, an empty signal mask and exactly three descriptors. Arguments and
/// environment are arrays of NUL-terminated strings: nothing is ever joined, so nothing can be split or expanded.
/// </summary>
internal static unsafe partial class PosixSpawn
{
    // Larger than any C library's posix_spawnattr_t, posix_spawn_file_actions_t and sigset_t.
    private const int Opaque = 1024;
    private const int SetSignalDefaults = 0x04;
    private const int SetSignalMask = 0x08;
    private const int MacSession = 0x400 | 0x4000; // and nothing inherited but what is named
    private const int LinuxSession = 0x80;
    private static readonly short Flags = (short)(SetSignalDefaults + SetSignalMask + (Native.Mac ? MacSession : LinuxSession));

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* pid, byte* path, byte* actions, byte* attributes, byte** argv, byte** envp);
    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);
    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);
    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);
    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* set);
    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* set);
    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);
    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);
    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int fd, int newFd);
    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclose(byte* actions, int fd);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int fd, string path, int flags, uint mode);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);
    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* set);
    [LibraryImport("libc")]
    private static partial int sigfillset(byte* set);

    /// <summary>Starts the file; 0 and its id, or an errno.</summary>
    public static int Start(string file, ProcessSpec spec, ChildEnds ends, out int pid)
    {
        byte* actions = stackalloc byte[Opaque], attributes = stackalloc byte[Opaque];
        posix_spawn_file_actions_init(actions);
        posix_spawnattr_init(attributes);
        var argv = AllocateStrings(spec.Argv);
        var envp = AllocateStrings(spec.Environment.Select(pair => $"{pair.Key}={pair.Value}").ToList());
        var path = (byte*)Marshal.StringToCoTaskMemUTF8(file);
        try
        {
            var error = PrepareActions(actions, attributes, spec.WorkingDirectory, ends);
            int id = 0;
            if (error == 0) error = posix_spawn(&id, path, actions, attributes, argv, envp);
            pid = id;
            return error;
        }
        finally
        {
            posix_spawn_file_actions_destroy(actions);
            posix_spawnattr_destroy(attributes);
            Marshal.FreeCoTaskMem((nint)path);
            NativeMemory.Free(argv);
            NativeMemory.Free(envp);
        }
    }

    private static int PrepareActions(byte* actions, byte* attributes, string folder, ChildEnds ends)
    {
        byte* none = stackalloc byte[Opaque], all = stackalloc byte[Opaque];
        sigemptyset(none);
        sigfillset(all);
        posix_spawnattr_setsigmask(attributes, none);
        posix_spawnattr_setsigdefault(attributes, all);
        posix_spawnattr_setflags(attributes, Flags);
        // A leader of a session that opens a terminal by name gets it as its controlling one.
        var (name, mode) = ends.Terminal is { } terminal ? (terminal, Native.ReadWrite) : ("/dev/null", Native.ReadOnly);
        var error = ends.Gate is { } gate ? AddGateWait(gate, actions) : 0;
        if (error == 0)
        {
            error = ends.Stdin >= 0
                ? posix_spawn_file_actions_adddup2(actions, ends.Stdin, 0)
                : posix_spawn_file_actions_addopen(actions, 0, name, mode, 0);
        }
        if (error == 0) error = posix_spawn_file_actions_adddup2(actions, ends.Terminal is null ? ends.Stdout : 0, 1);
        if (error == 0) error = posix_spawn_file_actions_adddup2(actions, ends.Terminal is null ? ends.Stderr : 0, 2);
        for (var i = 0; i < (ends.Inherited?.Length ?? 0) && error == 0; i++)
            error = posix_spawn_file_actions_adddup2(actions, ends.Inherited![i], InheritedFolder.FirstDescriptor + i);
        if (ends.Script is { } script && error == 0)
            error = posix_spawn_file_actions_adddup2(actions, script, InheritedScript.Descriptor);
        return error == 0 ? posix_spawn_file_actions_addchdir_np(actions, folder) : error;
    }

    /// <summary>The first opening waits until the gate opens or we have died; in that case there is nothing to open any more.</summary>
    private static int AddGateWait(SpawnGate gate, byte* actions)
    {
        var error = posix_spawn_file_actions_addclose(actions, gate.Fd);
        for (var opening = 0; opening < 2 && error == 0; opening++)
            error = posix_spawn_file_actions_addopen(actions, 0, gate.Path, Native.ReadOnly, 0);
        return error;
    }

    /// <summary>One allocation: the NULL-terminated pointers, then the strings.</summary>
    private static byte** AllocateStrings(IReadOnlyList<string> texts)
    {
        var pointers = (nuint)((texts.Count + 1) * sizeof(byte*));
        var size = pointers + (nuint)texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text) + 1);
        var block = (byte**)NativeMemory.AllocZeroed(size);
        var at = (byte*)block + pointers;
        for (var i = 0; i < texts.Count; i++)
        {
            block[i] = at;
            at += Encoding.UTF8.GetBytes(texts[i], new Span<byte>(at, Encoding.UTF8.GetByteCount(texts[i]))) + 1;
        }
        return block;
    }
}

using System.Text;
using OpenClaw.Protocol.Signing;

namespace OpenClaw.Cli.Keys;

/// <summary>Makes a key that signs tasks. The private half stays in its file.</summary>
internal static class GenerateKeyVerb
{
    public static Verb Generate { get; } = new("keys generate", "makes a key that signs tasks", call => Task.FromResult(Run(call)))
    {
        Words = "FILE",
        Count = (1, 1),
        AsksServer = false,
        More = "FILE gets the private key, for your eyes only, and must not be there yet. The public key is printed.",
    };

    private static int Run(VerbCall call)
    {
        var file = call.Words[0];
        if (Path.Exists(file)) return call.Fail(ExitCodes.Usage, $"{file} is there already, and a key is never overwritten");
        using var key = SigningKey.Generate();
        WriteNew(file, key.ToPem());
        return KeyText.ShowKey(call, key.PublicKey, file);
    }

    /// <summary>Whole or not at all; a file that came meanwhile is left alone.</summary>
    private static void WriteNew(string path, string pem)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        try
        {
            file.Write(Encoding.ASCII.GetBytes(pem + "\n"));
            file.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}

using OpenClaw.Protocol.Signing;

namespace OpenClaw.Cli.Keys;

/// <summary>The public half of a key, from the file with the private one.</summary>
internal static class ShowKeyVerb
{
    public static Verb Show { get; } = new("keys show", "the public half of a key that signs tasks", call => Task.FromResult(Run(call)))
    {
        Words = "FILE",
        Count = (1, 1),
        AsksServer = false,
        More = "FILE has the private key, PEM: keys generate makes one. It is not printed.",
    };

    private static int Run(VerbCall call)
    {
        var file = call.Words[0];
        if (!File.Exists(file)) return call.Fail(ExitCodes.Usage, $"there is no file {file}");
        using var key = SigningKey.FromPem(File.ReadAllText(file));
        return key is null ? call.Fail(ExitCodes.Usage, $"{file} has no private key on P-256, PEM, without a passphrase")
            : KeyText.ShowKey(call, key.PublicKey, file);
    }
}

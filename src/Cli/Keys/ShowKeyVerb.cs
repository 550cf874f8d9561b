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
        var (key, error) = KeyFile.Read(call.Words[0]);
        using (key) return key is null ? call.Fail(ExitCodes.Usage, error!) : KeyText.ShowKey(call, key.PublicKey, call.Words[0]);
    }
}

namespace OpenClaw.Protocol.Output;

/// <summary>The two streams a program prints to, in the words of the wire.</summary>
public static class StreamNames
{
    /// <summary>Standard output.</summary>
    public const string Stdout = "stdout";

    /// <summary>Standard error.</summary>
    public const string Stderr = "stderr";
}

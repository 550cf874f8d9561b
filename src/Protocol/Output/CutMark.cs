using System.Globalization;
using System.Text;

namespace OpenClaw.Protocol.Output;

/// <summary>What stands in an output in the place of bytes that were not kept.</summary>
public static class CutMark
{
    /// <summary>The mark for so many bytes, on a line of its own.</summary>
    public static string Format(long bytes) => string.Create(CultureInfo.InvariantCulture, $"\n[... {bytes} bytes cut ...]\n");

    /// <summary>The same as bytes.</summary>
    public static byte[] ToBytes(long bytes) => Encoding.ASCII.GetBytes(Format(bytes));
}

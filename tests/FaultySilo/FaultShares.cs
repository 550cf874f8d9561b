using System.Globalization;

namespace OpenClaw.FaultySilo;

/// <summary>Shares of the writes, 0 to 1, and the file that gets a line for each error made.</summary>
internal sealed record FaultShares(double Before, double After, double Conflict, string File)
{
    /// <summary>Reads <c>FAULTY_SHARES=before;after;conflict</c> and <c>FAULTY_FILE</c>.</summary>
    public static FaultShares Read(Func<string, string?> variable)
    {
        var shares = variable("FAULTY_SHARES")!.Split(';').Select(s => double.Parse(s, CultureInfo.InvariantCulture)).ToList();
        return new FaultShares(shares[0], shares[1], shares[2], variable("FAULTY_FILE")!);
    }
}

using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using OpenClaw.Worker.Masking;

namespace OpenClaw.Bench.Micro;

/// <summary>What masking costs: text of a build's kind in pieces, beside the digest that is made of all output in any case.</summary>
internal static class MaskRun
{
    private const int Piece = 64 * 1024;
    private const long Total = 1L << 30;

    public static void Measure()
    {
        var text = CreateText();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Report("SHA-256 of the output, for comparison", text, hash.AppendData);
        foreach (var secrets in new[] { 0, 1, 5, 20 })
        {
            var values = Enumerable.Range(0, secrets).Select(i => Convert.ToBase64String(SHA256.HashData([(byte)i]))).ToHashSet();
            var began = Stopwatch.GetTimestamp();
            var patterns = SecretPatterns.Compile(values);
            Console.WriteLine($"{secrets} secrets: compiled in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F2} ms");
            foreach (var piece in new[] { Piece, 100 })
            {
                var masker = new StreamMasker();
                var bytes = text.AsMemory(0, piece).ToArray();
                Report($"{secrets} secrets, pieces of {piece} bytes", bytes, next => masker.MaskNext(next, patterns));
            }
        }
    }

    private static void Report(string what, byte[] piece, Action<byte[]> use)
    {
        var rounds = Total / Math.Max(piece.Length, 1024);
        for (var i = 0; i < rounds / 10; i++) use(piece);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < rounds; i++) use(piece);
        var took = Stopwatch.GetElapsedTime(began);
        Console.WriteLine(
            $"{what}: {rounds * piece.Length / took.TotalSeconds / 1e6:F0} MB/s, {took.TotalNanoseconds / rounds:F0} ns a piece");
    }

    private static byte[] CreateText()
    {
        var text = new StringBuilder();
        for (var line = 0; text.Length < Piece; line++)
            text.Append(null, $"[{line}/4242] cc -O2 -o build/obj/module_{line % 97}.o src/module_{line % 97}.c  # {line * 7919L}\n");
        return Encoding.ASCII.GetBytes(text.ToString(0, Piece));
    }
}

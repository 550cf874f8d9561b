using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Load;

/// <summary>Reads the standard output of tasks as bytes, piece by piece, as a client does that wants all of it.</summary>
internal sealed class OutputReading(Gateways gateways, int seed)
{
    private const int AtOnce = 8;
    private const int Tries = 50;

    /// <summary>
    /// Of every task that has ended by itself and was told how much to print. All is quiet by now, and every read must go well.
    /// </summary>
    public async Task<IReadOnlyList<OutputRead>> ReadAll(IEnumerable<Accepted> accepted, IReadOnlyList<Seen> seen)
    {
        var ended = seen.Where(s => s.State is "succeeded" or "failed").Select(s => s.Task).ToHashSet();
        var outputs = new ConcurrentBag<OutputRead>();
        await Parallel.ForEachAsync(
            accepted.Where(task => task.OutputSize is not null && ended.Contains(task.Task)).Select(task => task.Task).Distinct(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (id, _) => outputs.Add(await Read(id, new Random(seed))));
        return [.. outputs];
    }

    private async Task<OutputRead> Read(string id, Random random)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (offset, tries) = (0L, 0);
        while (true)
        {
            var (status, bytes, headers) = await gateways.Pick(random).Client.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"/tasks/{id}/output?stream=stdout&offset={offset}"));
            if (status == HttpStatusCode.ServiceUnavailable && ++tries < Tries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 300)), TimeProvider.System);
                continue;
            }
            Assert.True(status == HttpStatusCode.OK, $"The output of {id} at {offset} was answered {(int)status}");
            Assert.Equal(offset, Number("X-Output-Offset"));
            digest.AppendData(bytes);
            offset += bytes.Length;
            Assert.Equal(offset, Number("X-Output-Next"));
            if (offset >= Number("X-Output-Total")) return new OutputRead(id, offset, Convert.ToHexStringLower(digest.GetHashAndReset()));

            long Number(string header) => long.Parse(headers.GetValues(header).Single(), CultureInfo.InvariantCulture);
        }
    }
}

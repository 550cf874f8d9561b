using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Security.Enrolment.Programs;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Problems;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Gateway.Tests.Security.Enrolment;

/// <summary>What a PC fetches before it is known: the operator's programs by platform, and no other file.</summary>
public sealed class JoinFileTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private LiveGateway gateway = null!;
    private HttpClient stranger = null!;

    public async Task InitializeAsync()
    {
        gateway = await LiveGateway.Start(configure: services => services.Configure<GatewayOptions>(
            options => (options.WorkerFiles, options.PublicUrl) = (folder.File("workers"), new Uri("https://claw.example:8443/"))));
        stranger = gateway.With(null);
    }

    public async Task DisposeAsync()
    {
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_program_comes_whole_with_its_hash_and_a_script_with_the_hashes_of_all()
    {
        var program = RandomNumberGenerator.GetBytes(300_000);
        Give("linux-x64/openclaw-worker", program);
        Give("win-x64/openclaw-worker.exe", [1, 2, 3]);
        Give("linux-x64/openclaw", [4]);
        var hash = SHA256.HashData(program);
        var hex = Convert.ToHexStringLower(hash);

        using var answer = await stranger.GetAsync("/join/linux-x64");
        Assert.Equal(program, await answer.Content.ReadAsByteArrayAsync());
        var head = answer.Content.Headers;
        Assert.Equal(("application/octet-stream", 300_000L), (head.ContentType!.MediaType, head.ContentLength));
        Assert.Equal(($"\"{hex}\"", $"sha-256=:{Convert.ToBase64String(hash)}:"),
            (answer.Headers.ETag!.Tag, answer.Headers.GetValues("Repr-Digest").Single()));

        var known = (await new InvitesClient(stranger).ListJoinFiles()).Value!;
        Assert.Equal(("https://claw.example:8443", null), (known.Url, known.Pin));
        Assert.Equal(["linux-x64", "win-x64", "powershell", "sh"], known.Files.Select(file => file.Name));
        Assert.Equal((300_000L, hex), (known.Files[0].Bytes, known.Files[0].Sha256));
        foreach (var script in known.Files[2..])
        {
            var text = await stranger.GetByteArrayAsync($"/join/{script.Name}");
            Assert.Equal((text.Length, Convert.ToHexStringLower(SHA256.HashData(text))), ((int)script.Bytes, script.Sha256));
            var shown = Encoding.ASCII.GetString(text);
            var other = Convert.ToHexStringLower(SHA256.HashData([1, 2, 3]));
            Assert.Contains($"'linux-x64 {hex}\nwin-x64 {other}'", shown, StringComparison.Ordinal);
            // The line of an invitation takes it from $(...), which drops all line feeds at its end, and puts one there.
            Assert.Matches("[^\n]\n\\z", shown);
            Assert.DoesNotContain('\r', shown);
        }
    }

    [Fact]
    public async Task Who_has_it_already_or_asks_by_HEAD_gets_no_body()
    {
        Give("linux-arm64/openclaw-worker", [7, 8, 9]);
        using var head = await stranger.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/join/linux-arm64"));
        Assert.Equal((HttpStatusCode.OK, 3L), (head.StatusCode, head.Content.Headers.ContentLength));
        using var again = new HttpRequestMessage(HttpMethod.Get, "/join/linux-arm64");
        again.Headers.IfNoneMatch.Add(head.Headers.ETag!);
        using var unchanged = await stranger.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task What_the_operator_puts_there_counts_from_then_on()
    {
        Assert.Empty((await new InvitesClient(stranger).ListJoinFiles()).Value!.Files);
        foreach (var name in (string[])["sh", "powershell", "linux-x64"])
        {
            var problem = await Problem(name);
            Assert.Contains("./publish.sh", problem, StringComparison.Ordinal);
        }
        Give("linux-x64/openclaw-worker", [1]);
        Assert.Equal([1], await stranger.GetByteArrayAsync("/join/linux-x64"));
        Give("linux-x64/openclaw-worker", [1, 2]);
        Assert.Equal([1, 2], await stranger.GetByteArrayAsync("/join/linux-x64"));
        Assert.Contains("./publish.sh osx-arm64", await Problem("osx-arm64"), StringComparison.Ordinal);
        File.Delete(folder.File("workers/linux-x64/openclaw-worker"));
        Assert.Empty((await new InvitesClient(stranger).ListJoinFiles()).Value!.Files);
    }

    [Theory]
    [InlineData("linux-x64%2fopenclaw"), InlineData("..%2fsecret"), InlineData("..%5csecret"), InlineData("%2e%2e%2fsecret")]
    [InlineData("LINUX-X64"), InlineData("linux-x64."), InlineData("linux-x64%00"), InlineData("linux-x64/openclaw")]
    [InlineData("%2fetc%2fpasswd"), InlineData("join.sh"), InlineData("sh%20"), InlineData("secret"), InlineData("SHA256SUMS")]
    public async Task No_other_file_is_reached(string name)
    {
        Give("linux-x64/openclaw-worker", [1]);
        Give("linux-x64/openclaw", [2]);
        Give("SHA256SUMS", [3]);
        await File.WriteAllTextAsync(folder.File("secret"), "secret");
        using var answer = await stranger.GetAsync($"/join/{name}");
        Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, answer.StatusCode.ToString());
    }

    [Fact]
    public async Task Its_hash_is_computed_once_however_many_ask_at_a_time_and_again_when_it_changed()
    {
        Give("linux-x64/openclaw-worker", new byte[5_000_000]);
        var programs = new WorkerPrograms(folder.File("workers"));
        using var gone = new CancellationTokenSource();
        var first = Task.Run(async () => await programs.Find("linux-x64", gone.Token));
        var others = Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await programs.Find("linux-x64", default))).ToArray();
        await gone.CancelAsync();
        var found = await Task.WhenAll(others);
        await Task.WhenAny(first);
        Assert.Equal(1, programs.HashCount);
        Assert.Single(found.Select(program => program!.Sha256).Distinct());

        Give("linux-x64/openclaw-worker", [1]);
        Assert.Equal(1, (await programs.Find("linux-x64", default))!.Bytes);
        Assert.Equal(2, programs.HashCount);
    }

    [Fact]
    public void Of_downloads_there_are_so_many_and_of_one_address_fewer()
    {
        var downloads = new Downloads(new FakeTimeProvider());
        (IDisposable? Running, Problem? Refusal) Begin(IPAddress? address) => downloads.Begin(address, () => Assert.Fail("cut"));
        var address = IPAddress.Parse("2001:db8::1");
        var ofOne = Enumerable.Range(0, Downloads.MostOfAddress).Select(_ => Begin(address).Running!).ToArray();
        Assert.DoesNotContain(null, ofOne);
        var refused = Begin(IPAddress.Parse("2001:db8::2"));
        Assert.Equal((null, 429), (refused.Running, refused.Refusal!.Status));
        for (var other = 1; other <= Downloads.Most - Downloads.MostOfAddress; other++)
            Assert.Null(Begin(new IPAddress([192, 0, 2, (byte)other])).Refusal);
        Assert.Equal(503, Begin(null).Refusal!.Status);

        ofOne[0].Dispose();
        ofOne[0].Dispose();
        Assert.Null(Begin(address).Refusal);
        Assert.Equal(503, Begin(null).Refusal!.Status);
    }

    /// <summary>Four addresses can take all places, and more than that one each.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(64)]
    public void Who_reads_slowly_at_many_addresses_keeps_nobody_out(int addresses)
    {
        var clock = new FakeTimeProvider();
        var downloads = new Downloads(clock);
        var cut = new List<int>();
        for (var i = 0; i < Downloads.Most; i++)
        {
            var number = i;
            Assert.Null(downloads.Begin(new IPAddress([192, 0, 2, (byte)(i % addresses)]), () => cut.Add(number)).Refusal);
        }
        var pc = IPAddress.Parse("198.51.100.7");
        Assert.Equal(503, downloads.Begin(pc, () => Assert.Fail("cut")).Refusal!.Status);
        clock.Advance(Downloads.Undisturbed);

        Assert.NotNull(downloads.Begin(pc, () => Assert.Fail("cut")).Running);
        Assert.Equal(0, Assert.Single(cut));
    }

    [Fact]
    public async Task Who_is_refused_is_told_when_to_come_again_and_who_has_gone_away_makes_room()
    {
        Give("linux-x64/openclaw-worker", new byte[30_000_000]);
        var open = new List<HttpResponseMessage>();
        for (var one = 0; one < Downloads.MostOfAddress; one++)
            open.Add(await stranger.GetAsync("/join/linux-x64", HttpCompletionOption.ResponseHeadersRead));
        Assert.All(open, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        using (var refused = await stranger.GetAsync("/join/linux-x64", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter!.Delta);
        }
        foreach (var answer in open) answer.Dispose();
        await Hosting.Eventually.Holds(async () =>
        {
            using var next = await stranger.GetAsync("/join/linux-x64", HttpCompletionOption.ResponseHeadersRead);
            return next.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Without_a_folder_there_are_none()
    {
        var programs = new WorkerPrograms(null);
        Assert.Empty(await programs.FindAll(default));
        Assert.Null(await programs.Find("linux-x64", default));
    }

    /// <summary>Of publish.sh, which builds them: what it knows there can be.</summary>
    [Fact]
    public void The_platforms_are_those_that_are_published()
    {
        var script = File.ReadAllText(Path.Combine(Repository.Root, "publish.sh"));
        string[] Names(string variable) => script.Split($"\n{variable}=(")[1].Split(')')[0].Split(' ');
        Assert.Equal(
            Names("usual").Concat(Names("known").Where(name => name[0] != '"')).Order(StringComparer.Ordinal), WorkerPrograms.Platforms);
    }

    private void Give(string name, byte[] content)
    {
        var file = folder.File($"workers/{name}");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    private async Task<string> Problem(string name)
    {
        using var answer = await stranger.GetAsync($"/join/{name}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        return await answer.Content.ReadAsStringAsync();
    }
}

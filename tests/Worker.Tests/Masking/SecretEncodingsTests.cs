using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using OpenClaw.Worker.Masking;

namespace OpenClaw.Worker.Tests.Masking;

public sealed class SecretEncodingsTests
{
    private const string Awkward = "it's $9/\"x\\y é+z=~!";
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As bash 5.2, Python 3.11 and Node 20 print it; see docs/worker/secrets.md for which.</summary>
    [Theory]
    [InlineData("it's $9/\"x\\y é+z=~!")]
    // Python: quote, quote_plus, quote(safe=''); JavaScript: encodeURIComponent, encodeURI, URLSearchParams.
    [InlineData("it%27s%20%249/%22x%5Cy%20%C3%A9%2Bz%3D~%21")]
    [InlineData("it%27s+%249%2F%22x%5Cy+%C3%A9%2Bz%3D~%21")]
    [InlineData("it%27s%20%249%2F%22x%5Cy%20%C3%A9%2Bz%3D~%21")]
    [InlineData("it's%20%249%2F%22x%5Cy%20%C3%A9%2Bz%3D~!")]
    [InlineData("it's%20$9/%22x%5Cy%20%C3%A9+z=~!")]
    [InlineData("it%27s+%249%2F%22x%5Cy+%C3%A9%2Bz%3D%7E%21")]
    // json.dumps with and without ensure_ascii; PHP's and JavaScript within JavaScript.
    [InlineData("it's $9/\\\"x\\\\y \\u00e9+z=~!")]
    [InlineData("it's $9/\\\"x\\\\y é+z=~!")]
    [InlineData("it's $9\\/\\\"x\\\\y \\u00e9+z=~!")]
    [InlineData("it's $9/\\\\\\\"x\\\\\\\\y é+z=~!")]
    // bash: set -x and @Q, printf %q in UTF-8 and in C; shlex.quote; between double quotes; PowerShell.
    [InlineData("it'\\''s $9/\"x\\y é+z=~!")]
    [InlineData("it\\'s\\ \\$9/\\\"x\\\\y\\ é+z=\\~\\!")]
    [InlineData("it\\'s $9/\"x\\\\y \\303\\251+z=~!")]
    [InlineData("it'\"'\"'s $9/\"x\\y é+z=~!")]
    [InlineData("it's \\$9/\\\"x\\\\y é+z=~!")]
    [InlineData("it''s $9/\"x\\y é+z=~!")]
    public void The_forms_in_which_programs_print_a_secret_are_masked(string printed) =>
        Assert.Equal("<***>", Mask($"<{printed}>", Awkward));

    [Fact]
    public void Json_of_this_platform_in_both_manners_is_masked()
    {
        Assert.Equal("\"***\"", Mask(JsonSerializer.Serialize(Awkward), Awkward));
        Assert.Equal("\"***\"", Mask(JsonSerializer.Serialize(Awkward, Relaxed), Awkward));
        Assert.Equal("***", Mask(Uri.EscapeDataString(Awkward), Awkward));
        Assert.Equal("***", Mask(WebUtility.UrlEncode(Awkward), Awkward));
    }

    /// <summary>What can be told of the secret from the characters around the mask is less than a byte at each end.</summary>
    [Fact]
    public void Base64_of_any_text_around_the_secret_is_masked()
    {
        var bytes = Gen.Byte.Array[0, 8];
        Gen.Select(bytes, Gen.String[Gen.Char.AlphaNumeric, 8, 40], bytes, Gen.Bool, Gen.Bool).Sample(
            (before, secret, after, url, padded) =>
            {
                var text = Convert.ToBase64String([.. before, .. Encoding.UTF8.GetBytes(secret), .. after]);
                if (url) text = text.Replace('+', '-').Replace('/', '_');
                if (!padded) text = text.TrimEnd('=');
                var masked = Mask(text, secret).Split("***");
                Assert.True(masked.Length >= 2, text);
                Assert.InRange(masked.Sum(part => part.Length), 0, ((before.Length + after.Length) * 8 / 6) + 6);
            });
    }

    [Fact]
    public void The_whole_of_a_base64_text_that_is_only_the_secret_is_masked_with_its_padding()
    {
        foreach (var secret in new[] { "hunter2-abcde", "hunter2-abcdef", "hunter2-abcdefg" })
            Assert.Equal("<***>", Mask($"<{Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))}>", secret));
    }

    private static string Mask(string text, string secret) =>
        Encoding.UTF8.GetString(
            StreamMasker.MaskWhole(Encoding.UTF8.GetBytes(text), SecretPatterns.Compile(new HashSet<string> { secret })));
}

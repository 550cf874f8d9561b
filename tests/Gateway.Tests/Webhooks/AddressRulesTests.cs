using System.Net;
using OpenClaw.Gateway.Webhooks.Targets;

namespace OpenClaw.Gateway.Tests.Webhooks;

public sealed class AddressRulesTests
{
    [Theory]
    // First and last of every network that is refused.
    [InlineData("0.0.0.0", "unspecified"), InlineData("0.255.255.255", "unspecified")]
    [InlineData("10.0.0.0", "private"), InlineData("10.255.255.255", "private")]
    [InlineData("100.64.0.0", "shared (CGNAT)"), InlineData("100.127.255.255", "shared (CGNAT)")]
    [InlineData("127.0.0.0", "loopback"), InlineData("127.0.0.1", "loopback"), InlineData("127.255.255.255", "loopback")]
    [InlineData("169.254.0.0", "link-local"), InlineData("169.254.169.254", "link-local"), InlineData("169.254.255.255", "link-local")]
    [InlineData("172.16.0.0", "private"), InlineData("172.31.255.255", "private")]
    [InlineData("192.0.0.0", "reserved"), InlineData("192.0.0.255", "reserved")]
    [InlineData("192.0.2.0", "documentation"), InlineData("192.0.2.255", "documentation")]
    [InlineData("192.88.99.0", "reserved"), InlineData("192.88.99.255", "reserved")]
    [InlineData("192.168.0.0", "private"), InlineData("192.168.255.255", "private")]
    [InlineData("198.18.0.0", "benchmark"), InlineData("198.19.255.255", "benchmark")]
    [InlineData("198.51.100.0", "documentation"), InlineData("198.51.100.255", "documentation")]
    [InlineData("203.0.113.0", "documentation"), InlineData("203.0.113.255", "documentation")]
    [InlineData("224.0.0.0", "multicast"), InlineData("239.255.255.255", "multicast")]
    [InlineData("240.0.0.0", "reserved"), InlineData("255.255.255.255", "reserved")]
    [InlineData("::", "unspecified"), InlineData("::1", "loopback"), InlineData("::2", "reserved"), InlineData("::7f00:1", "reserved")]
    [InlineData("fc00::", "private"), InlineData("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "private")]
    [InlineData("fe80::1", "link-local"), InlineData("fe80::1%1", "link-local"), InlineData("febf::1", "link-local")]
    [InlineData("fec0::1", "private"), InlineData("feff::1", "private")]
    [InlineData("ff00::", "multicast"), InlineData("ff02::1", "multicast")]
    [InlineData("2001::", "reserved"), InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", "reserved"), InlineData("2001:1ff::", "reserved")]
    [InlineData("2001:db8::1", "documentation"), InlineData("3fff::1", "documentation"), InlineData("100::1", "reserved")]
    [InlineData("4000::1", "reserved"), InlineData("1fff::1", "reserved"), InlineData("64:ff9b:1::1", "reserved")]
    // What stands for an IPv4 address is judged by it.
    [InlineData("::ffff:127.0.0.1", "loopback"), InlineData("::ffff:10.1.2.3", "private")]
    [InlineData("::ffff:169.254.169.254", "link-local")]
    [InlineData("64:ff9b::127.0.0.1", "loopback"), InlineData("64:ff9b::a01:203", "private"), InlineData("64:ff9b::e000:1", "multicast")]
    [InlineData("2002:7f00:1::1", "loopback"), InlineData("2002:c0a8:101::1", "private"), InlineData("2002:a9fe:a9fe::", "link-local")]
    public void What_is_not_of_the_public_internet_is_refused_by_its_name(string address, string kind) =>
        Assert.Equal(kind, AddressRules.FindRefusal(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.0.0.0"), InlineData("9.255.255.255"), InlineData("11.0.0.0"), InlineData("100.63.255.255"), InlineData("100.128.0.0")]
    [InlineData("126.255.255.255"), InlineData("128.0.0.0"), InlineData("169.253.255.255"), InlineData("169.255.0.0")]
    [InlineData("172.15.255.255"), InlineData("172.32.0.0"), InlineData("191.255.255.255"), InlineData("192.0.1.0")]
    [InlineData("192.0.3.0")]
    [InlineData("192.167.255.255"), InlineData("192.169.0.0"), InlineData("198.17.255.255"), InlineData("198.20.0.0")]
    [InlineData("198.51.99.255"), InlineData("203.0.112.255"), InlineData("203.0.114.0"), InlineData("223.255.255.255")]
    [InlineData("2000::1"), InlineData("2001:200::1"), InlineData("2606:4700::1111"), InlineData("3ffe::1"), InlineData("2002:101:101::1")]
    [InlineData("::ffff:1.1.1.1"), InlineData("64:ff9b::1.1.1.1"), InlineData("2001:db7::1"), InlineData("2001:db9::1")]
    public void Its_neighbours_are_not(string address) => Assert.Null(AddressRules.FindRefusal(IPAddress.Parse(address)));

    /// <summary>Every /16 of IPv4, in each of its four spellings.</summary>
    [Fact]
    public void An_address_is_judged_the_same_in_each_spelling()
    {
        var refused = 0;
        for (var high = 0; high < 0x10000; high++)
        {
            var bytes = new[] { (byte)(high >> 8), (byte)high, (byte)1, (byte)1 };
            var plain = new IPAddress(bytes);
            var kind = AddressRules.FindRefusal(plain);
            if (kind is not null) refused++;
            Assert.Equal(kind, AddressRules.FindRefusal(plain.MapToIPv6()));
            Assert.Equal(kind, AddressRules.FindRefusal(new IPAddress([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. bytes])));
            Assert.Equal(kind, AddressRules.FindRefusal(new IPAddress([0x20, 2, .. bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])));
        }
        // 0/8, 10/8, 127/8 and the 32 from 224/3 on; 64 of CGNAT, 16 and one that are private, link-local, two for benchmarks.
        Assert.Equal(35 * 256 + 64 + 16 + 1 + 1 + 2, refused);
    }
}

using System.Text.Json;
using OpenClaw.Protocol.Manifests;

namespace OpenClaw.Protocol.Tests.Manifests;

public sealed class PayloadSchemaTests
{
    private const string Render = """
        { "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["scene"], "additionalProperties": false,
          "properties": {
            "scene": { "type": "string", "minLength": 1, "maxLength": 8, "pattern": "^[a-z]*$", "description": "which" },
            "frames": { "type": "array", "minItems": 1, "maxItems": 3,
              "items": { "type": "integer", "minimum": 0, "exclusiveMaximum": 100 } },
            "quality": { "enum": ["draft", "final", 3] },
            "a/b~c": { "type": ["string", "null"] },
            "any": true, "never": false, "ratio": { "type": "number", "exclusiveMinimum": 0, "maximum": 1.5 },
            "pair": { "type": "object", "additionalProperties": { "type": "boolean" } } } }
        """;

    [Theory]
    [InlineData("""{"scene":"abc"}""")]
    [InlineData("""{"scene":"abc","frames":[0,99.0],"quality":"final","a/b~c":null,"any":{"x":[1]},"ratio":1.5,"pair":{"x":true}}""")]
    [InlineData("""{"scene":"abcdefgh","quality":3.0}""")]
    public void What_fits_has_no_faults(string payload) => Assert.Empty(Check(payload));

    [Theory]
    [InlineData("[]", "", "must be object")]
    [InlineData("{}", "/scene", "is required")]
    [InlineData("""{"scene":1}""", "/scene", "must be string")]
    [InlineData("""{"scene":""}""", "/scene", "must have at least 1 characters")]
    [InlineData("""{"scene":"abcdefghi"}""", "/scene", "must have at most 8 characters")]
    [InlineData("""{"scene":"ABC"}""", "/scene", "must match ^[a-z]*$")]
    [InlineData("""{"scene":"a","other":1}""", "/other", "is not allowed")]
    [InlineData("""{"scene":"a","never":1}""", "/never", "is not allowed")]
    [InlineData("""{"scene":"a","frames":[]}""", "/frames", "must have at least 1 items")]
    [InlineData("""{"scene":"a","frames":[1,2,3,4]}""", "/frames", "must have at most 3 items")]
    [InlineData("""{"scene":"a","frames":[1,"x"]}""", "/frames/1", "must be integer")]
    [InlineData("""{"scene":"a","frames":[1.5]}""", "/frames/0", "must be integer")]
    [InlineData("""{"scene":"a","frames":[-1]}""", "/frames/0", "must be at least 0")]
    [InlineData("""{"scene":"a","frames":[100]}""", "/frames/0", "must be less than 100")]
    [InlineData("""{"scene":"a","ratio":0}""", "/ratio", "must be more than 0")]
    [InlineData("""{"scene":"a","ratio":1.6}""", "/ratio", "must be at most 1.5")]
    [InlineData("""{"scene":"a","quality":"best"}""", "/quality", "must be one of \"draft\", \"final\", 3")]
    [InlineData("""{"scene":"a","a/b~c":1}""", "/a~1b~0c", "must be string or null")]
    [InlineData("""{"scene":"a","pair":{"x":1}}""", "/pair/x", "must be boolean")]
    public void What_does_not_fit_is_named_by_its_place(string payload, string pointer, string message) =>
        Assert.Equal(new SchemaError(pointer, message), Assert.Single(Check(payload)));

    [Fact]
    public void Everything_wrong_is_told_up_to_a_bound()
    {
        Assert.Equal(["/scene", "/frames/0", "/ratio"], Check("""{"frames":["x"],"ratio":9}""").Select(error => error.Pointer));
        var many = "{" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"x{i}\":1")) + "}";
        Assert.Equal(5, Read(Render).Validate(Json(many), 5).Count);
    }

    [Theory]
    [InlineData("7", "")]
    [InlineData("""{"type":"text"}""", "/type")]
    [InlineData("""{"allOf":[]}""", "/allOf")]
    [InlineData("""{"properties":{"a":{"$ref":"#"}}}""", "/properties/a/$ref")]
    [InlineData("""{"properties":[]}""", "/properties")]
    [InlineData("""{"items":[]}""", "/items")]
    [InlineData("""{"enum":[]}""", "/enum")]
    [InlineData("""{"required":"a"}""", "/required")]
    [InlineData("""{"minLength":-1}""", "/minLength")]
    [InlineData("""{"maximum":"9"}""", "/maximum")]
    [InlineData("""{"pattern":"("}""", "/pattern")]
    [InlineData("""{"pattern":"(a)\\1"}""", "/pattern")]
    [InlineData("""{"pattern":"(?=a)"}""", "/pattern")]
    public void A_schema_that_nobody_would_check_whole_is_refused(string schema, string pointer)
    {
        var errors = new List<SchemaError>();

        Assert.Null(PayloadSchema.Read(Json(schema), errors));
        Assert.Equal(pointer, Assert.Single(errors).Pointer);
    }

    [Fact]
    public void A_schema_is_bounded_in_size_and_depth()
    {
        var errors = new List<SchemaError>();
        Assert.Null(PayloadSchema.Read(Json("{\"description\":\"" + new string('x', PayloadSchema.MaxBytes) + "\"}"), errors));
        var deep = string.Concat(Enumerable.Repeat("{\"items\":", 20)) + "true" + new string('}', 20);
        Assert.Null(PayloadSchema.Read(Json(deep), errors));
        Assert.Equal(2, errors.Count);
    }

    [Fact]
    public void A_pattern_that_takes_others_for_ever_is_answered_at_once()
    {
        var schema = Read("""{"pattern":"^(a+)+$"}""");

        Assert.Single(schema.Validate(Json("\"" + new string('a', 5000) + "!\"")));
    }

    [Fact]
    public void Schemas_of_one_text_have_one_digest()
    {
        Assert.Equal(Read(Render).Digest, Read(Render).Digest);
        Assert.NotEqual(Read(Render).Digest, Read("true").Digest);
        Assert.Equal(16, Read("true").Digest.Length);
    }

    private static IReadOnlyList<SchemaError> Check(string payload) => Read(Render).Validate(Json(payload));

    private static PayloadSchema Read(string schema)
    {
        var errors = new List<SchemaError>();
        var read = PayloadSchema.Read(Json(schema), errors);
        Assert.Empty(errors);
        return read!;
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}

using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Tests.Rehearsal.Program;

/// <summary>Values as the engine reads them: gopkg.in/yaml.v3's types, then pulumi sdk/go/common/resource/config's texts.</summary>
public sealed class StackReadingTests
{
    [Theory]
    [InlineData("50", "50")]
    [InlineData("\"50\"", "50")]
    [InlineData("-5", "-5")]
    [InlineData("+5", "5")]
    [InlineData("1_000", "1000")]
    [InlineData("0x1F", "31")]
    [InlineData("0o17", "15")]
    [InlineData("017", "15")]
    [InlineData("0b101", "5")]
    [InlineData("50.5", "50.5")]
    [InlineData("1.30", "1.3")]
    [InlineData("\"1.30\"", "1.30")]
    [InlineData("1e3", "1000")]
    [InlineData("true", "true")]
    [InlineData("False", "false")]
    [InlineData("on", "on")]
    [InlineData("yes", "yes")]
    [InlineData("~", "")]
    [InlineData("", "")]
    [InlineData("'~'", "~")]
    [InlineData("10.0.0.0/16", "10.0.0.0/16")]
    [InlineData("!!str 50", "50")]
    [InlineData("[1, two, 3.0]", """[1,"two",3]""")]
    [InlineData("{b: 1, a: {c: yes}}", """{"a":{"c":"yes"},"b":1}""")]
    public void Values_have_the_text_that_the_engine_hands_to_the_program(string yaml, string text)
    {
        using var folder = new StackFolder($"config:\n  free: {yaml}\n");

        Assert.Equal(text, folder.Read().Values["gopher-mesh:free"]);
    }

    [Fact]
    public void A_version_that_YAML_reads_as_another_number_is_refused_with_the_advice_to_quote_it()
    {
        using var folder = new StackFolder(
            "config:\n  version: 1.40\n", "name: gopher-mesh\nruntime: dotnet\nconfig:\n  version: {type: string, default: \"1.40\"}\n");

        var error = Assert.Throws<UserException>(() => folder.Read());

        Assert.Contains("1.40 is the number 1.4 to YAML", error.Message, StringComparison.Ordinal);
        Assert.Contains("in quotes", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Short_keys_belong_to_the_project_and_namespaced_keys_to_their_namespace()
    {
        using var folder = new StackFolder("config:\n  weight: 1\n  gopher-mesh:enabled: false\n  gopher-mesh:config:free: x\n  aws:profile: work\n");

        var values = folder.Read().Values;

        Assert.Equal(("1", "false", "x", "work"), (values["gopher-mesh:weight"], values["gopher-mesh:enabled"], values["gopher-mesh:free"], values["aws:profile"]));
    }

    [Fact]
    public void Keys_that_a_stack_leaves_out_have_the_schemas_defaults_and_values()
    {
        using var folder = new StackFolder("");

        var values = folder.Read().Values;

        Assert.Equal(
            ("0", "true", """{"v1":""}""", "[]", "", "ap-southeast-2"),
            (values["gopher-mesh:weight"], values["gopher-mesh:enabled"], values["gopher-mesh:versions"], values["gopher-mesh:zones"], values["gopher-mesh:free"], values["aws:region"]));
    }

    [Fact]
    public void A_partial_object_is_not_merged_with_its_default()
    {
        using var folder = new StackFolder("config:\n  versions: {v2: image}\n");

        Assert.Equal("""{"v2":"image"}""", folder.Read().Values["gopher-mesh:versions"]);
    }

    [Fact]
    public void Settings_of_the_command_line_lie_over_the_stack_and_are_typed_by_the_schema()
    {
        using var folder = new StackFolder("config:\n  weight: 1\n");

        var values = folder.Read("weight=50", "gopher-mesh:versions={v2: image}", "zones=[\"a\"]", "free=a=b", "aws:region=eu-west-1").Values;

        Assert.Equal(
            ("50", """{"v2":"image"}""", """["a"]""", "a=b", "eu-west-1"),
            (values["gopher-mesh:weight"], values["gopher-mesh:versions"], values["gopher-mesh:zones"], values["gopher-mesh:free"], values["aws:region"]));
    }

    [Fact]
    public void Encrypted_values_are_reported_as_unavailable_unless_the_command_line_gives_them()
    {
        using var folder = new StackFolder("""
            encryptionsalt: v1:abc
            secretsprovider: passphrase
            encryptedkey: key
            config:
              free:
                secure: AAABBB
              versions:
                v1: {secure: CCC}
            """);

        var config = folder.Read();

        Assert.Equal(ConfigValue.Unavailable, config.Values["gopher-mesh:free"]);
        Assert.Equal($$"""{"v1":"{{ConfigValue.Unavailable}}"}""", config.Values["gopher-mesh:versions"]);
        Assert.Equal(["Pulumi.dev.yaml, line 5, column 3: gopher-mesh:free", "Pulumi.dev.yaml, line 7, column 3: gopher-mesh:versions"], config.Unavailable);
        Assert.Equal("Pulumi.dev.yaml, line 7, column 3: gopher-mesh:versions", Assert.Single(folder.Read("free=x").Unavailable));
    }

    [Theory]
    [InlineData("weight: abc", "Stack 'dev' with configuration key 'weight' must be of type 'integer'")]
    [InlineData("weight: 50.5", "Stack 'dev' with configuration key 'weight' must be of type 'integer'")]
    [InlineData("enabled: yes", "Stack 'dev' with configuration key 'enabled' must be of type 'boolean'")]
    [InlineData("versions: v1", "Stack 'dev' with configuration key 'versions' must be of type 'object'")]
    [InlineData("versions: '{\"v1\": \"\"}'", "Stack 'dev' with configuration key 'versions' must be of type 'object'")]
    [InlineData("zones: [{a: b}]", "Stack 'dev' with configuration key 'zones' must be of type 'array<string>'")]
    public void What_the_schema_refuses_is_refused_in_the_engines_words(string entry, string error)
    {
        using var folder = new StackFolder($"config:\n  {entry}\n");

        Assert.Equal(error, Assert.Single(folder.Read().SchemaErrors.Values));
    }

    [Theory]
    [InlineData("weight: \"50\"")]
    [InlineData("enabled: \"true\"")]
    [InlineData("weight: {secure: AAA}")]
    [InlineData("zones: [a, b]")]
    public void What_the_schema_accepts_is_accepted(string entry)
    {
        using var folder = new StackFolder($"config:\n  {entry}\n");

        Assert.Empty(folder.Read().SchemaErrors);
    }

    [Fact]
    public void A_key_without_a_default_is_required()
    {
        using var folder = new StackFolder("", "name: gopher-mesh\nconfig:\n  needed: {type: string}\n");

        Assert.Equal("Stack 'dev' is missing configuration value 'needed'", folder.Read().SchemaErrors["gopher-mesh:needed"]);
    }

    [Theory]
    [InlineData("config:\n  weight: 1\n  weight: 2\n", "weight", "Pulumi.dev.yaml, line 3")]
    [InlineData("config:\n  weight: 1\n  gopher-mesh:weight: 2\n", "'gopher-mesh:weight' is set twice", "Pulumi.dev.yaml, line 3, column 3")]
    [InlineData("config:\n  weight: [1\n", "", "Pulumi.dev.yaml, line 3")]
    [InlineData("config:\n\tweight: 1\n", "", "Pulumi.dev.yaml, line 2")]
    [InlineData("confg:\n  weight: 1\n", "unknown key 'confg'", "Pulumi.dev.yaml, line 1, column 1")]
    [InlineData("environment:\n  - team/prod\n", "'environment'", "Pulumi.dev.yaml, line 1, column 1")]
    [InlineData("config:\n  a:b:c: 1\n", "'a:b:c' is not a config key", "Pulumi.dev.yaml, line 2, column 3")]
    [InlineData("config: 5\n", "'config' must hold keys and values", "Pulumi.dev.yaml, line 1, column 9")]
    [InlineData("- a\n", "the file must hold keys and values", "Pulumi.dev.yaml, line 1, column 1")]
    [InlineData("config: {}\n---\nconfig: {}\n", "a second YAML document", "Pulumi.dev.yaml, line 3, column 1")]
    [InlineData("config:\n  free: 2026-11-22\n", "is a timestamp to YAML", "Pulumi.dev.yaml, line 2, column 9")]
    [InlineData("config:\n  free: .inf\n", ".inf is a number that config cannot hold", "Pulumi.dev.yaml, line 2, column 9")]
    [InlineData("base: &b {x: 1}\nconfig:\n  versions: {<<: *b}\n", "unknown key 'base'", "Pulumi.dev.yaml, line 1, column 1")]
    public void What_cannot_be_read_is_refused_with_its_place(string stack, string what, string where)
    {
        using var folder = new StackFolder(stack);

        var error = Assert.Throws<UserException>(() => folder.Read());

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(where, error.Where, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name: gopher-mesh\nsurprise: 1\n", "unknown key 'surprise'")]
    [InlineData("runtime: dotnet\n", "the project has no name")]
    [InlineData("name: gopher-mesh\nconfig:\n  a: {type: number}\n", "unknown type")]
    [InlineData("name: gopher-mesh\nconfig:\n  a: {type: array}\n", "an array, and nothing else, says the type of its items")]
    [InlineData("name: gopher-mesh\nconfig:\n  a: {type: integer, default: x}\n", "the default of 'gopher-mesh:a' is not of its type integer")]
    [InlineData("name: gopher-mesh\nconfig:\n  aws:region: {default: x}\n", "'aws:region' is another namespace's key")]
    [InlineData("name: gopher-mesh\nconfig:\n  a: {defualt: x}\n", "a config declaration has no 'defualt'")]
    public void A_project_that_cannot_be_read_is_refused(string project, string what)
    {
        using var folder = new StackFolder("", project);

        Assert.Contains(what, Assert.Throws<UserException>(() => folder.Read()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("weight")]
    [InlineData("=1")]
    [InlineData("a:b:c=1")]
    public void A_setting_that_is_not_key_and_value_is_refused(string setting)
    {
        using var folder = new StackFolder("");

        Assert.Contains("is not key=value", Assert.Throws<UserException>(() => folder.Read(setting)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_given_twice_is_refused()
    {
        using var folder = new StackFolder("");

        Assert.Contains("twice", Assert.Throws<UserException>(() => folder.Read("weight=1", "gopher-mesh:weight=2")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_stack_names_those_that_exist()
    {
        using var folder = new StackFolder("");

        var error = Assert.Throws<UserException>(() => EffectiveConfig.Read(folder.Path, "prod", []));

        Assert.Equal(("there is no stack 'prod'", "The stacks are: dev."), (error.Message, error.Remedy));
    }

    [Theory]
    [InlineData("../dev")]
    [InlineData("")]
    public void A_name_that_no_stack_can_have_is_refused(string stack)
    {
        using var folder = new StackFolder("");

        Assert.Contains("is not the name of a stack", Assert.Throws<UserException>(() => EffectiveConfig.Read(folder.Path, stack, [])).Message, StringComparison.Ordinal);
    }
}

/// <summary>No YAML ends the reader: what asks for too much is refused with the limit and the place.</summary>
public sealed class YamlLimitsTests
{
    public static TheoryData<string, string> Refused => new()
    {
        { "a: &c\n  b: *c\n", "the anchor 'c' contains itself" },
        { "a: &c [x, *c]\n", "the anchor 'c' contains itself" },
        { "a: &c {b: &d {e: *c}}\n", "the anchor 'c' contains itself" },
        { "a: " + new string('[', 20_000), "nested deeper than 60 levels" },
        { "a: " + string.Concat(Enumerable.Repeat("{b: ", 20_000)), "nested deeper than 60 levels" },
        { "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 9).Select(level =>
            $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n")), "more than 100" },
        { "a: " + new string('x', YamlLimits.MostCharacters), "longer than" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_asks_for_too_much_is_refused(string text, string limit)
    {
        var error = Assert.Throws<UserException>(() => YamlFile.Parse("Pulumi.x.yaml", text));

        Assert.Contains(limit, error.Message, StringComparison.Ordinal);
        Assert.Contains("Pulumi.x.yaml", error.Where, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: &c {b: 1}\nd: *c\ne: *c\n")]
    [InlineData("a: &c 1\nb: &c 2\nd: *c\n")]
    public void Aliases_that_end_are_read(string text)
    {
        var file = YamlFile.Parse("Pulumi.x.yaml", text);

        Assert.NotNull(file.ToJson(file.Root));
    }

    [Fact]
    public void Nesting_up_to_the_limit_is_read()
    {
        var file = YamlFile.Parse("x.yaml", "a: " + new string('[', YamlLimits.MostLevels - 1) + new string(']', YamlLimits.MostLevels - 1));

        Assert.NotNull(file.ToJson(file.Root));
    }
}

/// <summary>A project in a folder of its own.</summary>
public sealed class StackFolder : IDisposable
{
    public const string Project = """
        name: gopher-mesh
        runtime: dotnet
        config:
          weight: {type: integer, default: 0}
          enabled: {type: boolean, default: true}
          versions: {type: object, default: {v1: ""}}
          zones: {type: array, items: {type: string}, default: []}
          free: {description: not typed, default: ""}
          aws:region: {value: ap-southeast-2}
        """;

    public StackFolder(string stack, string project = Project)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, "Pulumi.yaml"), project);
        File.WriteAllText(System.IO.Path.Combine(Path, "Pulumi.dev.yaml"), stack);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("gopherctl-stack").FullName;

    public EffectiveConfig Read(params string[] settings) => EffectiveConfig.Read(Path, "dev", settings);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

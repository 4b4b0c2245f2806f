using GopherMesh.Tests.SdkContract.Support;
using Pulumi;

namespace GopherMesh.Tests.SdkContract.StandIn;

/// <summary>What the generator of the stand-in writes for each line of a description.</summary>
public sealed class GeneratedClassTests
{
    private const string Package = "package demo 1.2.3 Pulumi.Demo\n";

    [Fact]
    public async Task Properties_are_sent_by_the_names_of_the_description()
    {
        var mocks = await Description.RunAsync(
            Package + """
            module Zoo
            resource demo:zoo/gopher:Gopher
              string! name
              int age
              bool tame
              double weight
              object anything
              [string] friends
              {string} tags
              int|string port
              [Tooth] teeth
              string namespace, kubeconfig as KubeConfig
            type Tooth
              int! length
            """,
            """
            _ = new Pulumi.Demo.Zoo.Gopher("gopher", new()
            {
                Name = "Gus", Age = 3, Tame = true, Weight = 1.5, Anything = "x", Friends = { "mole" }, Tags = { ["a"] = "b" }, Port = "http",
                Teeth = { new Pulumi.Demo.Zoo.Inputs.ToothArgs { Length = 2 } }, Namespace = "burrow", KubeConfig = "{}",
            });
            """);

        var sent = mocks["gopher"];
        Assert.Equal("demo:zoo/gopher:Gopher", sent.Type);
        Assert.Equal(("Gus", 3.0, true, 1.5), (sent.Inputs["name"], sent.Inputs["age"], sent.Inputs["tame"], sent.Inputs["weight"]));
        Assert.Equal(("x", "http", "burrow", "{}"), (sent.Inputs["anything"], sent.Inputs["port"], sent.Inputs["namespace"], sent.Inputs["kubeconfig"]));
        Assert.Equal(["mole"], Run.List(sent.Inputs["friends"]));
        Assert.Equal("b", Run.Map(sent.Inputs["tags"])["a"]);
        Assert.Equal(2.0, Run.Map(Assert.Single(Run.List(sent.Inputs["teeth"])))["length"]);
    }

    [Fact]
    public async Task What_is_not_given_is_not_sent()
    {
        var mocks = await Description.RunAsync(Package + "resource demo:index:Gopher\n  string name\n  [string] friends", "_ = new Pulumi.Demo.Gopher(\"gopher\");");

        Assert.Empty(mocks["gopher"].Inputs);
    }

    [Fact]
    public async Task A_required_input_that_is_missing_fails_with_the_name_that_the_sdk_uses()
    {
        var failure = await Run.FailureAsync<Exception>(() => Description.RunAsync(
            Package + "resource demo:index:Gopher\n  [string]! friends", "_ = new Pulumi.Demo.Gopher(\"gopher\", new());"));

        Assert.Contains("[Input] Pulumi.Demo.GopherArgs._friends is required but was not given a value", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_is_no_output_and_an_output_is_no_input()
    {
        var assembly = Compile(Package + """
            resource demo:index:Gopher
              in string asked
              out string answered
              out string? perhaps
              string both
            """);

        var (resource, arguments) = (assembly.GetType("Pulumi.Demo.Gopher")!, assembly.GetType("Pulumi.Demo.GopherArgs")!);
        Assert.Equal(["Answered", "Both", "Perhaps"], Own(resource));
        Assert.Equal(["Asked", "Both"], Own(arguments));
    }

    [Fact]
    public async Task Outputs_are_read_in_the_shapes_of_the_description()
    {
        var mocks = new RecordingMocks
        {
            OnResource = _ => ("id", new Dictionary<string, object>
            {
                ["teeth"] = new[] { new Dictionary<string, object> { ["length"] = 2, ["operator"] = "bite" } },
                ["names"] = new Dictionary<string, object> { ["short"] = new[] { "Gus" } },
            }),
        };
        var seen = await Description.RunAsync(
            Package + """
            resource demo:index:Gopher
              out [Tooth] teeth
              out {[string]} names
              out int? age
            type Tooth
              int length
              string operator
            resource demo:index:Report
              in string text
            """,
            """
            var gopher = new Pulumi.Demo.Gopher("gopher");
            _ = new Pulumi.Demo.Report("report", new()
            {
                Text = Output.Tuple(gopher.Teeth, gopher.Names, gopher.Age)
                    .Apply(all => $"{all.Item1[0].Length} {all.Item1[0].Operator} {all.Item2["short"][0]} {all.Item3 is null}"),
            });
            """,
            mocks);

        Assert.Equal("2 bite Gus True", seen["report"].Inputs["text"]);
    }

    [Theory]
    [InlineData("in Tooth tooth", "Pulumi.Demo.Inputs.ToothArgs")]
    [InlineData("out Tooth tooth", "Pulumi.Demo.Outputs.Tooth")]
    [InlineData("Tooth tooth", "Pulumi.Demo.Inputs.ToothArgs, Pulumi.Demo.Outputs.Tooth")]
    public void A_type_has_the_classes_that_its_use_needs(string property, string classes)
    {
        var assembly = Compile(Package + $"resource demo:index:Gopher\n  {property}\ntype Tooth\n  int length");

        Assert.Equal(classes, string.Join(", ", assembly.GetExportedTypes().Select(type => type.FullName).Where(name => name!.Contains("Tooth", StringComparison.Ordinal)).Order()));
    }

    [Fact]
    public async Task A_plain_value_is_known_when_the_program_runs()
    {
        var mocks = await Description.RunAsync(
            Package + """
            resource demo:index:Gopher
              plain bool! tame
              plain Burrow home
              plain {plain Burrow} others
              plain [string] names
            type Burrow
              plain int depth
            """,
            """
            var home = new Pulumi.Demo.Inputs.BurrowArgs { Depth = 2 };
            bool tame = new Pulumi.Demo.GopherArgs().Tame;
            _ = new Pulumi.Demo.Gopher("gopher", new() { Tame = !tame, Home = home, Others = { ["old"] = home }, Names = { "Gus" } });
            """);

        var inputs = mocks["gopher"].Inputs;
        Assert.Equal((true, 2.0), (inputs["tame"], Run.Map(inputs["home"])["depth"]));
        Assert.Equal(2.0, Run.Map(Run.Map(inputs["others"])["old"])["depth"]);
        Assert.Equal(["Gus"], Run.List(inputs["names"]));
    }

    [Fact]
    public async Task A_default_is_sent_unless_the_program_says_otherwise()
    {
        using var variable = new EnvironmentVariable("DEMO_SECOND", "from the environment");
        using var flag = new EnvironmentVariable("DEMO_FLAG", "true");
        var mocks = await Description.RunAsync(
            Package + """
            resource demo:index:Gopher
              bool tame = true, flag = env DEMO_FLAG
              string name = env DEMO_FIRST DEMO_SECOND
              Mood mood = Happy
            enum Mood = Happy HAPPY, Sad SAD
            """,
            """
            _ = new Pulumi.Demo.Gopher("silent");
            _ = new Pulumi.Demo.Gopher("loud", new() { Tame = false, Mood = Pulumi.Demo.Mood.Sad });
            """);

        var inputs = mocks["silent"].Inputs;
        Assert.Equal((true, true, "from the environment", "HAPPY"), (inputs["tame"], inputs["flag"], inputs["name"], inputs["mood"]));
        Assert.Equal((false, "SAD"), (mocks["loud"].Inputs["tame"], mocks["loud"].Inputs["mood"]));
    }

    [Fact]
    public async Task A_constant_is_sent_whatever_the_program_says()
    {
        var mocks = await Description.RunAsync(
            Package + "resource demo:index:Gopher\n  string kind is apps/v1", "_ = new Pulumi.Demo.Gopher(\"gopher\", new() { Kind = \"Mole\" });");

        Assert.Equal("apps/v1", mocks["gopher"].Inputs["kind"]);
    }

    [Fact]
    public async Task A_secret_property_is_a_secret_however_it_is_given()
    {
        var mocks = await Description.RunAsync(
            Package + "resource demo:index:Gopher\n  secret string password\nresource demo:index:Report\n  in string text",
            """
            var args = new Pulumi.Demo.GopherArgs { Password = "hidden" };
            _ = new Pulumi.Demo.Gopher("gopher", args);
            _ = new Pulumi.Demo.Report("report", new() { Text = Output.Create(Output.IsSecretAsync(args.Password.ToOutput())).Apply(secret => secret.ToString()) });
            """);

        Assert.Equal(("hidden", "True"), (mocks["gopher"].Inputs["password"], mocks["report"].Inputs["text"]));
    }

    [Fact]
    public async Task Version_aliases_secret_outputs_and_replacing_properties_are_options_of_the_resource()
    {
        var mocks = await Description.RunAsync(
            Package + """
            resource demo:index:Gopher
              alias demo:old:Gopher, demo:older:Gopher
              replace [string] triggers
              secret replace string name
            resource demo:index:Report
              in string text
            """,
            """
            var said = "";
            _ = new Pulumi.Demo.Gopher("gopher", null, new() { ResourceTransformations = { seen =>
            {
                var options = (CustomResourceOptions)seen.Options;
                said = $"{options.Version} {string.Join(",", options.ReplaceOnChanges)} {string.Join(",", options.AdditionalSecretOutputs)} {options.Aliases.Count}";
                return null;
            } } });
            _ = new Pulumi.Demo.Report("report", new() { Text = said });
            """);

        Assert.Equal("1.2.3 name,triggers[*] name 2", mocks["report"].Inputs["text"]);
    }

    [Fact]
    public async Task A_component_is_one_call_and_a_provider_sends_what_is_no_string_as_json()
    {
        var mocks = await Description.RunAsync(
            Package + """
            provider
              bool tame
              string name
            component demo:index:Burrow
              in int depth
            """,
            """
            _ = new Pulumi.Demo.Provider("provider", new() { Tame = true, Name = "Gus" });
            _ = new Pulumi.Demo.Burrow("burrow", new() { Depth = 2 });
            """);

        Assert.Equal(("pulumi:providers:demo", "true", "Gus"), (mocks["provider"].Type, mocks["provider"].Inputs["tame"], mocks["provider"].Inputs["name"]));
        Assert.Equal(("demo:index:Burrow", 2.0), (mocks["burrow"].Type, mocks["burrow"].Inputs["depth"]));
    }

    [Fact]
    public async Task A_resource_that_exists_is_got_by_its_id()
    {
        var mocks = await Description.RunAsync(Package + "resource demo:index:Gopher\n  string name", "Pulumi.Demo.Gopher.Get(\"gopher\", \"its-id\");");

        Assert.Equal("its-id", mocks["gopher"].Id);
    }

    [Fact]
    public async Task A_function_is_called_with_plain_values_or_with_outputs()
    {
        var mocks = new RecordingMocks { OnCall = call => call.Args.Add("names", new[] { "Gus" }) };
        var seen = await Description.RunAsync(
            Package + """
            function demo:index/getGophers:getGophers
              string! name
              [GetGophersFilter]? filters
              out [string] names
            type GetGophersFilter
              [string]! values
            resource demo:index:Report
              in string text
            """,
            """
            _ = Pulumi.Demo.GetGophers.InvokeAsync(new() { Name = "plain", Filters = { new Pulumi.Demo.Inputs.GetGophersFilterArgs { Values = { "a" } } } }).Result;
            var found = Pulumi.Demo.GetGophers.Invoke(
                new() { Name = Output.Create("output"), Filters = { new Pulumi.Demo.Inputs.GetGophersFilterInputArgs { Values = { "b" } } } });
            _ = new Pulumi.Demo.Report("report", new() { Text = found.Apply(result => $"{result.Name} {result.Names[0]} {result.Filters[0].Values[0]}") });
            """,
            mocks);

        Assert.Equal("output Gus b", seen["report"].Inputs["text"]);
        Assert.All(seen.Calls, call => Assert.Equal("demo:index/getGophers:getGophers", call.Token));
        Assert.Equal(["plain", "output"], seen.Calls.Select(call => call.Args["name"]));
    }

    [Fact]
    public void A_type_of_another_module_or_package_is_found_by_its_name()
    {
        var assembly = Description.Compile(
            "",
            new Description(Package + "module Zoo\nresource demo:zoo:Gopher\n  Parts.Tooth tooth\nmodule Parts\ntype Tooth\n  int length"),
            new Description("package other 1.0.0 Pulumi.Other\nresource other:index:Vet\n  in demo:Zoo.Gopher patient\n  in demo:Parts.Tooth tooth", "other.types"));

        var arguments = assembly.GetType("Pulumi.Other.VetArgs")!;
        Assert.Equal("Pulumi.Demo.Zoo.Gopher", arguments.GetProperty("Patient")!.PropertyType.GenericTypeArguments[0].FullName);
        Assert.Equal("Pulumi.Demo.Parts.Inputs.ToothArgs", arguments.GetProperty("Tooth")!.PropertyType.GenericTypeArguments[0].FullName);
    }

    private static System.Reflection.Assembly Compile(string text) => Description.Compile("", new Description(text));

    private static IEnumerable<string> Own(Type type)
        => type.GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.DeclaredOnly)
            .Select(property => property.Name).Order(StringComparer.Ordinal);
}

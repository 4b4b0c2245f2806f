using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Values;

public sealed class SecretTests
{
    private static Output<string> Secret => Output.CreateSecret("hidden");

    [Fact]
    public async Task Whatever_is_made_of_a_secret_is_a_secret()
    {
        Assert.True(await Run.IsSecretAsync(Secret));
        Assert.True(await Run.IsSecretAsync(Secret.Apply(value => value.Length)));
        Assert.True(await Run.IsSecretAsync(Output.Create(1).Apply(_ => Secret)));
        Assert.True(await Run.IsSecretAsync(Output.All(Output.Create("plain"), Secret)));
        Assert.True(await Run.IsSecretAsync(Output.Tuple(Output.Create(1), Secret)));
        Assert.True(await Run.IsSecretAsync(Output.Format($"{Secret}")));
        Assert.True(await Run.IsSecretAsync(new InputMap<string> { ["key"] = Secret }.ToOutput()));
        Assert.True(await Run.IsSecretAsync(new InputList<string> { "plain", Secret }.ToOutput()));
    }

    [Fact]
    public async Task A_secret_can_be_made_and_unmade()
    {
        Assert.True(await Run.IsSecretAsync(Output.CreateSecret(Output.Create("plain"))));
        Assert.True(await Run.IsSecretAsync(Output.CreateSecret(Task.FromResult("plain"))));
        Assert.False(await Run.IsSecretAsync(Output.Unsecret(Secret)));
        Assert.Equal("hidden", await OutputUtilities.GetValueAsync(Output.Unsecret(Secret)));
    }

    [Fact]
    public async Task Mocks_get_secrets_unwrapped_at_every_depth()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs
        {
            Text = Secret,
            List = { "plain", Secret },
            Map = { ["inner"] = new Dictionary<string, object> { ["deep"] = Secret } },
        }));

        var inputs = mocks["sample"].Inputs;
        Assert.Equal("hidden", inputs["text"]);
        Assert.Equal(["plain", "hidden"], Run.List(inputs["list"]));
        Assert.Equal("hidden", Run.Map(Run.Map(inputs["map"])["inner"])["deep"]);
    }

    [Fact]
    public async Task An_output_that_a_mock_returns_as_secret_is_one()
    {
        Sample? sample = null;
        var mocks = new RecordingMocks { OnResource = _ => ("id", new Dictionary<string, object> { ["text"] = Secret }) };
        await Run.ProgramAsync(() => sample = new Sample("sample"), mocks);

        Assert.Equal("hidden", await OutputUtilities.GetValueAsync(sample!.Text));
        Assert.True(await Run.IsSecretAsync(sample.Text));
        Assert.False(await Run.IsSecretAsync(sample.Id));
    }

    [Fact]
    public async Task An_output_made_of_a_secret_input_is_no_secret_when_a_mock_echoes_the_plain_value()
    {
        Sample? sample = null;
        await Run.ProgramAsync(() => sample = new Sample("sample", new SampleArgs { Text = Secret }));

        Assert.False(await Run.IsSecretAsync(sample!.Text));
    }
}

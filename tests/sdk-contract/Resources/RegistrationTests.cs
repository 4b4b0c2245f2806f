using System.Collections.Immutable;
using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Testing;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Resources;

public sealed class RegistrationTests
{
    [Fact]
    public async Task A_mock_sees_type_name_inputs_and_empty_strings_for_what_is_not_there()
    {
        var sent = (await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs { Text = "hello" })))["sample"];

        Assert.Equal(("test:index:Sample", "sample", "", ""), (sent.Type, sent.Name, sent.Provider, sent.Id));
        Assert.Equal("hello", Assert.Single(sent.Inputs).Value);
    }

    [Fact]
    public async Task Reading_a_resource_asks_the_mock_for_its_id()
    {
        Sample? sample = null;
        var mocks = await Run.ProgramAsync(
            () => sample = new Sample("sample", null, new CustomResourceOptions { Id = "existing" }),
            new() { OnResource = _ => ("another", ImmutableDictionary<string, object>.Empty.Add("text", "found")) });

        Assert.Equal("existing", mocks["sample"].Id);
        Assert.Equal("existing", await OutputUtilities.GetValueAsync(sample!.Id));
        Assert.Equal("found", await OutputUtilities.GetValueAsync(sample.Text));
    }

    [Fact]
    public async Task Importing_a_resource_shows_its_id_and_an_empty_one_registers_it()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            _ = new Sample("imported", null, new CustomResourceOptions { ImportId = "i-1" });
            _ = new Sample("registered", null, new CustomResourceOptions { Id = "" });
        });

        Assert.Equal(("i-1", ""), (mocks["imported"].Id, mocks["registered"].Id));
    }

    [Fact]
    public async Task Resources_come_back_in_the_order_of_their_registration_without_the_stack()
    {
        var (resources, outputs) = await Deployment.TestAsync(new RecordingMocks(), Run.Update, () =>
        {
            var first = new Sample("first", new SampleArgs { Text = "a" });
            _ = new Sample("second", new SampleArgs { Text = first.Text });
            return new Dictionary<string, object?> { ["answer"] = 42 };
        });

        Assert.Equal(["first", "second"], resources.Select(resource => resource.GetResourceName()));
        Assert.Equal(42, outputs["answer"]);
    }

    [Fact]
    public async Task A_mock_that_answers_with_something_else_than_a_map_fails_the_program()
    {
        var failure = await Run.FailureAsync(() => _ = new Sample("sample"), new RecordingMocks { OnResource = _ => ("id", "text") });

        Assert.Contains("System.String is not a supported argument type", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mock_need_not_answer_the_registration_of_outputs() => Assert.NotNull((IMocks)new QuietMocks());

    private sealed class QuietMocks : IMocks
    {
        public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args) => throw new NotSupportedException();

        public Task<object> CallAsync(MockCallArgs args) => throw new NotSupportedException();
    }
}

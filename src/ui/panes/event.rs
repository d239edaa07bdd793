//! stub
use crate::model::Event;
pub struct EventDetail;
impl EventDetail {
    pub fn new(_: Event) -> Self {
        Self
    }
}
pub fn actor_arn(_: &str) -> String {
    String::new()
}
impl crate::ui::pane::Pane for EventDetail {
    fn contexts(&self) -> &'static [crate::ui::command::Context] {
        &[]
    }
    fn title(&self, _: &crate::ui::shared::Shared) -> crate::ui::pane::Words {
        vec![]
    }
    fn command(&mut self, _: crate::ui::command::Command, _: &mut crate::ui::pane::Cx<'_>) {}
    fn draw(&mut self, _: ratatui::layout::Rect, _: &mut ratatui::buffer::Buffer, _: &crate::ui::shared::Shared) {}
}
